"""Run the benchmarks and print their rows as a Markdown table."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

from benchmarks import (
    data,
    explaining,
    going,
    overhead,
    rehearsing,
    resuming,
    retrying,
    savepoints,
    watching,
)
from benchmarks.measure import Row, Workplace, workplace

BENCHMARKS: dict[str, Callable[[Workplace], Iterator[Row]]] = {
    "training": overhead.training,
    "kernels": overhead.kernels,
    "start": overhead.start,
    "stall": savepoints.stall,
    "frozen": savepoints.frozen,
    "workers": savepoints.workers,
    "buffer": savepoints.buffer,
    "objects": savepoints.objects,
    "resume": resuming.resume,
    "sentinel": watching.sentinel,
    "journal": watching.journal,
    "why": explaining.why,
    "goto": going.goto,
    "data": data.data,
    "watch": retrying.watch,
    "rehearse": rehearsing.rehearse,
}


def main(names: list[str]) -> None:
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        sys.exit(f"there is no benchmark {unknown[0]}; there are {', '.join(BENCHMARKS)}")
    print("| what | measured | goal | |\n| --- | --- | --- | --- |", flush=True)
    for name in names or BENCHMARKS:
        with workplace() as work:
            for row in BENCHMARKS[name](work):
                print(f"| {' | '.join(row.cells())} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
