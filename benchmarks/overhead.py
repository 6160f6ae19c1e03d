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
    """A training script of about 20 s, by the CPU time of its epochs.

    The best epoch of each side is compared, as timeit does: other work on the machine can only make
    an epoch slower, and single epochs differ by more than what is to be measured.
    """
    script = copy_in(work, "train.py")
    epochs = defaultdict[str, list[float]](list)
    for turn in range(_TRAINING_ROUNDS):
        sides = ["plain", *_WAYS]
        for side in sides if turn % 2 == 0 else reversed(sides):
            if side == "plain":
                ran = work.python(script)
            else:
                ran = work.midrun("run", *_WAYS[side], script)
                work.forget()
            epochs[side] += map(float, ran.out.splitlines()[-1].split()[1:])
    best = min(epochs["plain"])
    yield Row("an epoch of the training script, plain python", seconds(epochs["plain"]))
    asked, default = _WAYS
    value, text = min(epochs[asked]) / best, ratio(epochs[asked], epochs["plain"])[1]
    goal, met = f"at most {_LIMIT_TRAINING}", round(value, 3) <= _LIMIT_TRAINING
    yield Row(f"the best of {len(epochs[asked])} epochs, {asked}", f"{value:.3f}", goal, met)
    yield Row(f"all epochs, {asked}", text)
    text = ratio(epochs[default], epochs["plain"])[1]
    yield Row(f"all epochs, {default} (savepoints included)", text)


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
