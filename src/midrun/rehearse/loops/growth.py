"""By how much numbers grow in the rounds of a loop: counters, and what is moved on as counters are.

It is seen in the rounds that are visited, and told for those that are left out: by the kind of each
(gradients that are accumulated make a step in every fourth round), or else by the pattern that the
rounds have repeated.
"""

from __future__ import annotations

import functools
import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Values = Mapping[Any, int]
Kind = tuple[Hashable, ...]  # the conditions that are true in a round
KindOf = Callable[[int], Kind]
_KEPT = 128  # rounds whose pattern is looked for
_LOOKED_AT = 10_000  # rounds left out whose kinds are looked at


@dataclass
class Known:
    """What is known of the growth of each number in all executions of a loop: the pattern that its
    rounds repeat, by the number of the round, with how many rounds it was found in; and by how much
    it grew in rounds of each kind."""

    patterns: dict[Any, list[int]] = field(default_factory=dict)
    found_in: dict[Any, int] = field(default_factory=dict)
    by_kind: dict[Any, dict[Kind, set[int]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set))
    )


class Growth:
    """The growth in one execution of a loop. `heads` are the values at the heads of the rounds
    since the last that was left out, which is round `begin`."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._begin = 0
        self._heads: list[dict[Any, int]] = []
        self._rounds: dict[int, dict[Any, int]] = {}

    def head(self, index: int, values: Values, first: Values) -> None:
        """A round begins, with these values; before it, new numbers were what they were `first`."""
        known = index - self._begin
        if not 0 <= known <= len(self._heads):
            self._find_patterns()
            self._begin, self._heads, known = index, [], 0
        self._heads[known:] = [dict(values)]
        if known:
            for key in values.keys() - self._heads[-2].keys() & first.keys():
                for head in self._heads[:-1]:
                    head.setdefault(key, first[key])
                for grown in self._rounds.values():
                    grown.setdefault(key, 0)
            before = self._heads[-2]
            self._rounds[index - 1] = {k: values[k] - before[k] for k in values if k in before}
        if len(self._heads) > _KEPT:
            self._find_patterns()
            self._begin, self._heads = index, [dict(values)]

    def settle(self, kind: KindOf) -> None:
        """Learn from the rounds at hand, whose kinds are known now."""
        self._find_patterns()
        kinds = {index: kind(index) for index in self._rounds}
        later = {of for index, of in kinds.items() if index > 0}
        for index, grown in self._rounds.items():
            of = kinds[index]
            if index == 0 and of in later:
                continue  # a loop may set a counter back as it begins
            for key, amount in grown.items():
                self._known.by_kind[key][of].add(amount)
        for index in [*self._rounds][:-_KEPT]:
            del self._rounds[index]

    def grown(self, begin: int, end: int, kind: KindOf) -> dict[Any, int]:
        """What each number will have grown by from the head of round `begin` to that of `end`; one
        of which that can't be told is not among them."""
        looked_at = min(end, begin + _LOOKED_AT)
        found = dict(self._by_patterns(begin, end))
        if not self._known.by_kind:
            return found
        kinds = Counter(map(kind, range(begin, looked_at)))
        for key, amounts in self._known.by_kind.items():
            amount = explained(amounts, kinds)
            if amount is not None:
                found[key] = sum(kinds[of] * amount(of) for of in kinds)
                found[key] = found[key] * (end - begin) // (looked_at - begin)
        return found

    def _by_patterns(self, begin: int, end: int) -> Iterator[tuple[Any, int]]:
        for key, pattern in self._known.patterns.items():
            times, rest = divmod(end - begin, len(pattern))
            partly = (pattern[index % len(pattern)] for index in range(begin, begin + rest))
            yield key, times * sum(pattern) + sum(partly)

    def _find_patterns(self) -> None:
        if len(self._heads) < 2:
            return
        known = self._known
        for key in self._heads[-1]:
            values = [head[key] for head in self._heads if key in head]
            grown = [after - before for before, after in itertools.pairwise(values)]
            if len(grown) < known.found_in.get(key, 0):
                continue
            pattern = period(grown)
            known.patterns.pop(key, None)
            if pattern is not None:
                known.found_in[key] = len(grown)
                shift = (self._begin + len(self._heads) - 1) % len(pattern)
                known.patterns[key] = pattern[-shift:] + pattern[:-shift] if shift else pattern


def explained(
    amounts: Mapping[Kind, Collection[int]], kinds: Collection[Kind]
) -> Callable[[Kind], int] | None:
    """The amount in a round of each of these kinds, from the amounts in rounds that were visited:
    all were the same, or each kind had its own, or one condition decides it. None if it can't be
    told, or if one is below 0."""
    if any(len(possible) != 1 or min(possible) < 0 for possible in amounts.values()):
        return None
    known = {of: min(possible) for of, possible in amounts.items()}
    if len({*known.values()}) == 1:
        (same,) = {*known.values()}
        return lambda of: same
    if all(of in known for of in kinds):
        return known.__getitem__
    for condition in {condition: None for of in known for condition in of}:
        where = {amount for of, amount in known.items() if condition in of}
        elsewhere = {amount for of, amount in known.items() if condition not in of}
        if len(where) == len(elsewhere) == 1:
            return functools.partial(_decided, condition, min(where), min(elsewhere))
    return None


def _decided(condition: Hashable, where: int, elsewhere: int, of: Kind) -> int:
    return where if condition in of else elsewhere


def period(numbers: Collection[int]) -> list[int] | None:
    """The shortest list that these numbers repeat, from the second one on if there are several, so
    that the last one comes last; None if they don't repeat, or if one is below 0."""
    numbers = list(numbers)
    if len(numbers) < 2:
        return numbers if numbers and numbers[0] >= 0 else None
    known = numbers[1:] if len(numbers) > 2 else numbers
    for length in range(1, max(1, len(known) // 2) + 1):
        if all(before == after for before, after in zip(known, known[length:], strict=False)):
            return known[-length:] if min(known) >= 0 else None
    return None
