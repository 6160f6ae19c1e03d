"""Which savepoints of a run to keep when there are many."""

from __future__ import annotations

from midrun.store.runs import Run
from midrun.store.savepoint import Savepoint


def thin(run: Run, keep: int) -> list[int]:
    """Remove savepoints of `run` until `keep` are left; return the numbers removed.

    The newest, all with a name, and any that a process is loading stay, even if these are more
    than `keep`. The others that stay are spaced by the logarithm of their age: dense close to
    now, sparse towards the start. Age counts in savepoints, so that pauses don't matter. Their
    blobs stay until gc.
    """
    savepoints = run.savepoints()
    kept = {s.number for s in savepoints[-1:]} | {s.number for s in savepoints if s.name}
    others = [s for s in savepoints if s.number not in kept]
    excess = len(savepoints) - max(keep, len(kept))
    removed = []
    for savepoint in _least_missed(savepoints, others)[: max(excess, 0)]:
        if run.remove_savepoint(savepoint.number):
            removed.append(savepoint.number)
    return sorted(removed)


def _least_missed(savepoints: list[Savepoint], others: list[Savepoint]) -> list[Savepoint]:
    """Return `others`, in the order in which they can go.

    The next to go is the one whose going leaves the smallest gap, as the ratio of the ages of its
    neighbours: equal ratios are equal steps of the logarithm. The first savepoint goes last.
    """
    if not savepoints:
        return []
    newest = savepoints[-1].number
    left = [s.number for s in savepoints]
    candidates = {s.number: s for s in others}
    order = []

    def gap(number: int) -> float:
        at = left.index(number)
        if at == 0:
            return float("inf")
        return (newest - left[at - 1] + 1) / (newest - left[at + 1] + 1)

    while candidates:
        number = min(candidates, key=lambda n: (gap(n), n))
        order.append(candidates.pop(number))
        left.remove(number)
    return order
