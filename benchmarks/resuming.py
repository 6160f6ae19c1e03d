"""The time from the start of `midrun resume` to the first statement of the user's."""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks.measure import Row, Workplace, copy_in, ratio, seconds

_ROUNDS = 9
_LIMIT = 1.25
_IMPORT = "import time, torch; print(time.time(), time.process_time())"


def resume(work: Workplace) -> Iterator[Row]:
    """1 GB of tensors in the page cache, against the import of torch alone."""
    work.midrun("run", "--budget", "0", copy_in(work, "big.py"))
    commands = {
        "torch": lambda: work.python("-c", _IMPORT),
        "midrun": lambda: work.midrun("resume", "--budget", "0"),
    }
    wall: dict[str, list[float]] = {side: [] for side in commands}
    cpu: dict[str, list[float]] = {side: [] for side in commands}
    for turn in range(_ROUNDS + 1):
        for side in commands if turn % 2 == 0 else reversed(commands):
            began = time.time()
            reached, used = map(float, commands[side]().out.split())
            if turn:  # the first turn warms caches and bytecode
                wall[side].append(reached - began)
                cpu[side].append(used)
    yield Row("python -c 'import torch', CPU time", seconds(cpu["torch"]))
    yield Row("midrun resume of 1 GB, CPU time", seconds(cpu["midrun"]))
    value, text = ratio(cpu["midrun"], cpu["torch"])
    met = round(value, 2) <= _LIMIT
    yield Row("resume against import torch, CPU time", text, f"at most {_LIMIT}", met)
    yield Row("resume against import torch, wall time", ratio(wall["midrun"], wall["torch"])[1])
