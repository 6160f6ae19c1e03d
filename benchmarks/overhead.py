"""What a run costs under midrun while no savepoint is asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from benchmarks.measure import Row, Workplace, copy_in, median, ratio, seconds

_TRAINING_ROUNDS = 5
_KERNEL_ROUNDS = 4
_START_ROUNDS = 11
_LIMIT_TRAINING = 1.01
_LIMIT_KERNEL = 1.10
_WAYS = {"--budget 0": ["--budget", "0"], "the default budget": []}


def training(work: Workplace) -> Iterator[Row]:
    """A training script of about 20 s, by CPU time and by wall time of the training itself."""
    script = copy_in(work, "train.py")
    cpu, wall = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list)
    for turn in range(_TRAINING_ROUNDS):
        sides = ["plain", *_WAYS]
        for side in sides if turn % 2 == 0 else reversed(sides):
            if side == "plain":
                ran = work.python(script)
            else:
                ran = work.midrun("run", *_WAYS[side], script)
                work.forget()
            _, used, took = ran.out.splitlines()[-1].split()
            cpu[side].append(float(used))
            wall[side].append(float(took))
    yield Row("training script, plain python, CPU time", seconds(cpu["plain"]))
    for side in _WAYS:
        asked = side == "--budget 0"
        value, text = ratio(cpu[side], cpu["plain"])
        if asked:
            goal, met = f"at most {_LIMIT_TRAINING}", round(value, 3) <= _LIMIT_TRAINING
            yield Row(f"training script, {side}, CPU time", text, goal, met)
        else:
            yield Row(f"training script, {side} (savepoints included), CPU time", text)
        yield Row(f"training script, {side}, wall time", ratio(wall[side], wall["plain"])[1])


def kernels(work: Workplace) -> Iterator[Row]:
    """Tight loops of pure Python, by CPU time inside the process."""
    script = copy_in(work, "kernels.py")
    times = {side: defaultdict[str, list[float]](list) for side in ("plain", *_WAYS)}
    for turn in range(_KERNEL_ROUNDS):
        for side in times if turn % 2 == 0 else reversed(times):
            if side == "plain":
                ran = work.python(script)
            else:
                ran = work.midrun("run", *_WAYS[side], script)
                work.forget()
            for line in ran.out.splitlines():
                name, used = line.split()
                times[side][name].append(float(used))
    for side in _WAYS:
        value = sum(map(median, times[side].values())) / sum(map(median, times["plain"].values()))
        yield Row(f"all kernels together, {side}", f"{value:.3f}")
        for name in times["plain"]:
            value, text = ratio(times[side][name], times["plain"][name])
            met = round(value, 2) <= _LIMIT_KERNEL
            yield Row(f"{name}, {side}", text, f"at most {_LIMIT_KERNEL:.2f}", met)


def start(work: Workplace) -> Iterator[Row]:
    """An empty script, from the command to its end, by wall time."""
    script = copy_in(work, "empty.py")
    plain, ours = [], []
    for _ in range(_START_ROUNDS):
        plain.append(work.python(script).wall)
        ours.append(work.midrun("run", script).wall)
    extra = [a - b for a, b in zip(ours, plain, strict=True)]
    yield Row("an empty script, plain python", seconds(plain))
    yield Row("an empty script, midrun run", seconds(ours))
    yield Row("what midrun adds to the start", seconds(extra))
