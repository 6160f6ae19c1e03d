"""What a savepoint costs: how long the script stands still for it, and what it writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from benchmarks.measure import Row, Workplace, copy_in, median, seconds

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
