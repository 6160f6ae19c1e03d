"""What a savepoint costs: how long the script stands still for it, and what it writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from benchmarks.measure import Row, Workplace, copy_in, median, ratio, seconds

_ROUNDS = 4
_STEPS = 5
_STALL_FACTOR = 1.5
_STALL_SLACK = 0.030  # seconds
_LIMIT_BYTES = 1.05
_WAYS = ("copy", "midrun", "torch", "dill")
_NAMES = {
    "copy": "one copy in memory",
    "midrun": "savepoint",
    "torch": "torch.save of model and optimizer, fsync",
    "dill": "dill.dump_module",
}


def stall(work: Workplace) -> Iterator[Row]:
    """302 MB of model and Adam state, all of it changed between two saves."""
    script = copy_in(work, "adam.py")
    first, wall, cpu = (defaultdict[str, list[float]](list) for _ in range(3))
    failed: dict[str, str] = {}
    for turn in range(_ROUNDS):
        for way in _WAYS if turn % 2 == 0 else reversed(_WAYS):
            if way in failed:
                continue
            if way == "midrun":
                work.forget()
                ran = work.midrun("run", "--budget", "0", script, way, _STEPS)
            else:
                ran = work.python(script, way, _STEPS, check=way != "dill")
            if ran.code:
                failed[way] = ran.err.splitlines()[-1]
                continue
            saves = [tuple(map(float, line.split())) for line in ran.out.splitlines()]
            first[way].append(saves[0][0])
            wall[way] += [save[0] for save in saves[1:]]
            cpu[way] += [save[1] for save in saves[1:]]
    limit = _STALL_FACTOR * median(cpu["copy"]) + _STALL_SLACK
    met = median(cpu["midrun"]) <= limit
    for way in _WAYS:
        name = f"302 MB, {_NAMES[way]}"
        if way in failed:
            yield Row(name, f"fails: {failed[way]}")
            continue
        goal = f"at most 1.5 copies + 30 ms = {1e3 * limit:.0f} ms" if way == "midrun" else ""
        yield Row(f"{name}, CPU time", seconds(cpu[way]), goal, met if goal else None)
        yield Row(f"{name}, wall time", seconds(wall[way]))
        yield Row(f"{name}, the first in a process, wall time", seconds(first[way]))


def workers(work: Workplace) -> Iterator[Row]:
    """The time that a script stands still in the middle of a pass over a DataLoader."""
    script = copy_in(work, "workers.py")
    cpu: dict[int, list[float]] = {0: [], 4: []}
    wall: dict[int, list[float]] = {0: [], 4: []}
    for turn in range(_ROUNDS):
        for count in (0, 4) if turn % 2 == 0 else (4, 0):
            ran = work.midrun("run", "--budget", "0", script, count, _STEPS)
            saves = [tuple(map(float, line.split())) for line in ran.out.splitlines()]
            wall[count] += [save[0] for save in saves[1:]]
            cpu[count] += [save[1] for save in saves[1:]]
    more = median(cpu[4]) - median(cpu[0])
    yield Row("savepoint in a pass without workers, CPU time", seconds(cpu[0]))
    yield Row(
        "savepoint in a pass with 4 workers, CPU time",
        f"{seconds(cpu[4])}, {1e3 * more:+.0f} ms",
        "at most +20 ms",
        more <= 0.020,
    )
    yield Row("the same without workers, wall time", seconds(wall[0]))
    yield Row("the same with 4 workers, wall time", seconds(wall[4]))


def buffer(work: Workplace) -> Iterator[Row]:
    """A replay buffer of 2 GiB, of which 1% changes."""
    ran = work.midrun("run", "--budget", "0", copy_in(work, "buffer.py"), _STEPS)
    steps = [tuple(map(float, line.split())) for line in ran.out.splitlines()]
    hashing, saving, hashing_cpu, saving_cpu, (changed, *_) = map(list, zip(*steps, strict=True))
    written = [manifest["bytes_new"] for manifest in work.manifests()][1:]
    share = max(written) / changed
    yield Row(
        f"replay buffer of 2 GiB, written, against {changed / 1e6:.1f} MB that changed",
        f"{max(written) / 1e6:.1f} MB, {share:.3f}",
        "at most 1.1",
        share <= 1.1,
    )
    yield Row("the same, hashing all of it once, wall time", seconds(hashing))
    yield Row("the same, savepoint, wall time", seconds(saving))
    value, text = ratio(saving, hashing)
    yield Row("the same, savepoint against hashing", text, "at most 1.0", value <= 1.0)
    _, text = ratio(saving_cpu, hashing_cpu)
    yield Row("the same, CPU time of all threads", text)


def objects(work: Workplace) -> Iterator[Row]:
    """A list of 5 million small objects, against pickle."""
    ran = work.midrun("run", "--budget", "0", copy_in(work, "objects.py"), _STEPS)
    steps = [tuple(map(float, line.split())) for line in ran.out.splitlines()]
    value, text = ratio([step[1] for step in steps], [step[0] for step in steps])
    yield Row(
        "5 million small objects, pickle.dump, CPU time", seconds([step[0] for step in steps])
    )
    yield Row("the same, savepoint against it", text, "at most 1.5", value <= 1.5)


def frozen(work: Workplace) -> Iterator[Row]:
    """The bytes that a second savepoint writes, where most of the model is frozen."""
    ran = work.midrun("run", "--budget", "0", copy_in(work, "frozen.py"))
    changed = int(ran.out)
    one, two = (manifest["bytes_new"] for manifest in work.manifests())
    value = two / changed
    yield Row("frozen backbone, first savepoint", f"{one / 1e6:.2f} MB")
    yield Row(
        f"frozen backbone, second savepoint, against {changed / 1e6:.2f} MB that changed",
        f"{two / 1e6:.2f} MB, {value:.3f}",
        f"at most {_LIMIT_BYTES}",
        value <= _LIMIT_BYTES,
    )
