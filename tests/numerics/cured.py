"""Prints, for each training script with a defect, whether a cure is found that keeps it finite.

`python cured.py [NAME...]` goes through all of `cases` and `decoys`, or those that are named, or
through other scripts, by their paths. It finds the defect, tries the remedies and judges them by
what `midrun why` does it with, but from the start of the script, not from a savepoint. A line is
CURED, HIDES if only a remedy that hides the defect helps, or NONE, with the best remedy and for how
many steps beyond the bad one it lasted: 200, or as many as the script has.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from watched import Watched

from midrun.numerics.cures.trying import Tried, compare
from midrun.numerics.finding import Finding

FOLDER = Path(__file__).parent


def scripts(names: list[str]) -> Iterator[Path]:
    """The scripts that are named; all if none is."""
    yield from (Path(name).absolute() for name in names if name.endswith(".py"))
    for folder in ("cases", "decoys"):
        for script in sorted((FOLDER / folder).glob("*.py")):
            if not names or script.stem in names:
                yield script


def tried(watched: Watched, script: Path) -> list[Tried]:
    """The cures of a script, the best first."""
    found = watched.run(script)
    assert found is not None, f"{script}: nothing was found"
    return compare(Finding.read(found), lambda trial: watched.outcome(script, trial))


def verdict(cures: list[Tried]) -> str:
    best = cures[0][0] if cures else None
    if best is None or not best.finite:
        return "NONE"
    return "HIDES" if best.hides else "CURED"


def said(cures: list[Tried]) -> str:
    """The best, or all if none helps."""
    best = cures[0][0] if cures else None
    if best is None:
        return "no remedy is known"
    if not best.finite:
        return "; ".join(f"{cure.title}: {cure.note or cure.steps}" for cure, _ in cures)
    moved = "unknown" if best.moved is None else f"{best.moved:.1g}"
    return f"{best.title}, {best.steps} steps, moves a healthy one by {moved}"


def main(names: list[str]) -> None:
    watched = Watched()
    counts = Counter[str]()
    for script in scripts(names):
        cures = tried(watched, script)
        counts[verdict(cures)] += 1
        print(f"{verdict(cures):5} {script.stem}: {said(cures)}", flush=True)
        if os.environ.get("MIDRUN_DIFFS") and cures:
            print(cures[0][0].diff, flush=True)
    watched.close()
    total = counts.total()
    print(f"{counts['CURED']} of {total} cured, {counts['CURED'] / max(total, 1):.0%}")


if __name__ == "__main__":
    main(sys.argv[1:])
