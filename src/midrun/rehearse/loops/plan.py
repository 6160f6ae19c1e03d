"""Which rounds of a loop are visited: the first ones, one in the middle, the last, and for each
condition one that makes it true and one that makes it false."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field

from midrun.rehearse.loops.conditions import Facts, Outcome

_SCANNED = 100_000  # rounds whose conditions are looked at
_MANY = 0.02  # share of the rounds
_LAST = 64  # of which these are the last of a longer loop


@dataclass(frozen=True)
class Plan:
    """The rounds that are visited, in order, how many there are in all (None if that is not known),
    and of what kinds those are that are left out from round `begin` on."""

    visited: list[int]
    length: int | None
    left_out: dict[Hashable, float] = field(default_factory=dict)
    begin: int = 0

    def after(self, index: int) -> int | None:
        """The next round that is visited."""
        return next((visited for visited in self.visited if visited > index), None)

    def instead_of(self, before: Plan) -> Plan:
        """This plan, in the middle of a loop that was to be run by another one: of the rounds which
        that one leaves out, as many come before this one begins as its part of the loop is long."""
        if before.length is None or before.length <= before.begin:
            return self
        share = min(1.0, (self.begin - before.begin) / (before.length - before.begin))
        kinds = {*self.left_out, *before.left_out}
        left_out = {
            kind: self.left_out.get(kind, 0.0) + share * before.left_out.get(kind, 0.0)
            for kind in kinds
        }
        return Plan(self.visited, self.length, left_out, before.begin)


def plan(
    facts: Facts,
    length: int | None,
    begin: int,
    *,
    first: int,
    rounds: int,
    seen: Counter[Outcome],
    times: int,
    times_later: int,
    enough: int = 0,
) -> Plan:
    """The plan for a loop of which `begin` rounds have been visited. The first `first` are visited
    in any case, and `rounds` where no end is known. `seen` counts outcomes of conditions that were
    met before: each that is true is to be met so many `times`, those that change what they depend
    on (Facts.changing) `times_later`, and each that is false once. Of a kind that many rounds are
    of, `enough` are visited to tell what they take."""
    length = _length(facts, length, begin)
    last = length if length is not None else max(first, rounds)
    visited = {*range(begin, min(first, last)), last // 2, last - 1}
    met = Counter(seen)
    kinds: Counter[Hashable] = Counter()
    scanned: Sequence[int] = ()
    if facts.conditions:
        scanned = _scanned(begin, length if length is not None else _SCANNED)
    outcomes = {index: facts.outcomes(index) for index in scanned}

    def wanted(outcome: Outcome) -> int:
        file, place, came_true = outcome
        if not came_true:
            return 1
        return times_later if (file, place) in facts.changing else times

    for index, values in outcomes.items():
        # Of each outcome the first rounds, even if it is met later: limits are wrong by one.
        found = facts.met(values)
        if any(met[outcome] < wanted(outcome) for outcome in found):
            visited.add(index)
            met.update(found)
    of_kind: dict[Hashable, list[int]] = {}
    for index, values in outcomes.items():
        of_kind.setdefault(facts.kind(values), []).append(index)
    for indices in of_kind.values():
        if len(indices) > _MANY * len(outcomes):
            missing = enough - len(visited.intersection(indices))
            visited.update([index for index in indices if index not in visited][: max(0, missing)])
    for kind, indices in of_kind.items():
        kinds[kind] = len(indices) - len(visited.intersection(indices))
    visited = {index for index in visited if index >= begin}
    missing = (length or last) - begin - len(visited)
    known = sum(kinds.values())
    share = max(0, missing) / known if known and length is not None else 0.0
    left_out = {kind: count * share for kind, count in kinds.items()}
    if not facts.conditions and length is not None:
        left_out = {(): float(max(0, missing))}
    return Plan(sorted(visited), length, left_out, begin)


def _length(facts: Facts, length: int | None, begin: int) -> int | None:
    """How many rounds there are: until the items are used up, or a condition ends the loop."""
    ends = [n for n, condition in enumerate(facts.conditions) if condition.ends]
    if not ends:
        return length
    most = min(length or 1 << 62, 1 << 62)

    def over(index: int) -> bool:
        values = facts.outcomes(index)
        return any(
            values[n] is not None and bool(values[n]) == (facts.conditions[n].ends == "true")
            for n in ends
        )

    for index in range(begin, min(most, begin + _SCANNED // 10)):
        if over(index):
            return _rounds(facts, index, ends)
    found = further_on(over, begin + _SCANNED // 10, 2 * (begin + _SCANNED), most)
    return length if found is None else min(_rounds(facts, found, ends), most)


def further_on(over: Callable[[int], bool], low: int, high: int, most: int) -> int | None:
    """The first index from `low` on at which a loop is over, looked for by doubling `high` and as
    if it stayed over once it is; None if that is not before `most`."""
    while high < most and not over(high):
        low, high = high, 2 * high
    if high >= most:
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if over(middle) else (middle + 1, high)
    return low


def _rounds(facts: Facts, index: int, ends: list[int]) -> int:
    """The number of rounds of a loop that ends in round `index`: a `while` whose test fails does
    not begin it; a `break` is reached in it."""
    values = facts.outcomes(index)
    stops = any(facts.conditions[n].ends == "false" and values[n] == 0 for n in ends)
    return index if stops else index + 1


def _scanned(begin: int, end: int) -> Sequence[int]:
    if end - begin <= _SCANNED:
        return range(begin, end)
    return [*range(begin, begin + _SCANNED - _LAST), *range(end - _LAST, end)]
