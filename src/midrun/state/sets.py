"""The order of the items of a set.

A set that is filled anew may be iterated over in another order than before, although each item has
the hash that it had: what order its items came in decides who gives way to whom, and how large its
table is. Whoever numbers classes with `enumerate(set(labels))` gets other numbers then. Here a way
is found to fill a set so that its table is as it was.
"""

from __future__ import annotations

import ctypes
import datetime
import enum
import numbers
import operator
import pathlib
import struct
import types
from collections.abc import Iterable
from typing import Any, NamedTuple

Plan = tuple[list[Any], int]  # what to put in, one after another; how many of them at once first

# Items of one set, and of all that are looked at: the program stands still meanwhile.
_MOST, _MOST_IN_ALL = 10_000, 200_000
_WIDEST = 1 << 17  # entries of a table
# Objects/setobject.c and Include/cpython/setobject.h of CPython 3.11 to 3.13
_HEAD = 16  # PySetObject.fill: after ob_refcnt and ob_type
_ENTRY = "qq"  # setentry: the item, its hash
_LINEAR_PROBES, _PERTURB_SHIFT = 9, 5
_VALUES = (
    *(str, bytes, tuple, frozenset, types.NoneType, range, numbers.Number),
    *(datetime.date, datetime.time, datetime.timedelta),
)
_BY_NAME = (enum.Enum.__hash__, pathlib.PurePath.__hash__)
_GONE = -1  # the hash in an entry whose item has been taken out


class Gap:
    """Keeps an entry of a set's table occupied, and is then taken out."""

    def __init__(self, number: int) -> None:
        self._number = number

    def __hash__(self) -> int:
        return self._number


class _Head(NamedTuple):
    """What a set knows of itself: how many entries are occupied, by items or gaps, and how many by
    items; the largest index of its table, and its address; its hash; where `pop` begins."""

    fill: int
    used: int
    mask: int
    table: int
    hash: int
    finger: int

    @classmethod
    def of(cls, obj: set[Any]) -> _Head:
        return cls(*struct.unpack("6q", ctypes.string_at(id(obj) + _HEAD, 48)))


def plans(sets: Iterable[set[Any]]) -> list[tuple[set[Any], int, Plan]]:
    """Those of `sets` that would be in another order if their items were put into an empty one as
    they come, and what to give `restore` for each."""
    found = []
    lasting: dict[type, bool] = {}
    left = _MOST_IN_ALL
    for obj in sets:
        if len(obj) > min(_MOST, left):
            continue
        left -= len(obj)
        items = list(set.__iter__(obj))
        head = _Head.of(obj)
        if head.mask < _WIDEST and all(_lasts(item, lasting) for item in items):
            plain = not head.fill or _alike(obj, (items, 0), head)
            plan = (items, 0) if plain else _plan(obj, items, head)
            if plan is not None and (head.finger or not plain):
                found.append((obj, head.finger, plan))
    return found


def restore(obj: set[Any], finger: int, plan: Plan) -> None:
    """Give a set the order that it had."""
    refill(obj, *plan)
    # Any number will do (set_pop).
    ctypes.c_ssize_t.from_address(id(obj) + _HEAD + struct.calcsize("5q")).value = finger


def refill(filled: set[Any], order: list[Any], at_once: int) -> None:
    """Put the items of `order` into a set, which has no others after that."""
    set.clear(filled)
    if at_once:
        # A set that takes in another one makes room for it first (set_merge).
        set.update(filled, set(order[:at_once]))
    for item in order[at_once:]:
        set.add(filled, item)
    for item in order:
        if type(item) is Gap:
            set.discard(filled, item)  # difference_update would make the table anew


def _lasts(item: Any, known: dict[type, bool]) -> bool:
    """Whether an item has the same hash in the next process, and no code of the program's
    computes it."""
    kind = type(item)
    if kind not in known:
        method: Any = kind.__hash__
        in_c = isinstance(method, types.WrapperDescriptorType)
        known[kind] = (in_c and issubclass(kind, _VALUES)) or method in _BY_NAME
    if not known[kind]:
        return False
    if isinstance(item, tuple):
        return all(_lasts(part, known) for part in tuple.__iter__(item))
    if isinstance(item, frozenset):
        return all(_lasts(part, known) for part in frozenset.__iter__(item))
    return True


def _alike(obj: set[Any], plan: Plan, head: _Head, gaps: bool = True) -> bool:
    """Whether a set that is filled so has the order and the size of `obj`, and as many `gaps`."""
    trial: set[Any] = set()
    refill(trial, *plan)
    made = _Head.of(trial)
    same = made.used == head.used and made.mask == head.mask
    same = same and (made.fill == head.fill or not gaps)
    return same and all(map(operator.is_, trial, set.__iter__(obj)))


def _plan(obj: set[Any], items: list[Any], head: _Head) -> Plan | None:
    mask, entries = head.mask, _entries(head, items)
    # If its entries don't lead to as large a table, more of them do; that leaves gaps behind.
    free = [index for index in range(mask + 1) if index not in entries]
    room = max((3 * mask - 1) // 5 - len(entries), 0)
    more = entries | {index: Gap(index) for index in free[:room]}
    for wanted in (entries, more):
        order = _order(mask, wanted)
        for at_once in sorted({0, 5, *(mask + 1 >> shift for shift in (6, 4, 2))}):
            if _alike(obj, (order, at_once), head, gaps=wanted is entries):
                return order, at_once
    return None


def _entries(head: _Head, items: list[Any]) -> dict[int, Any]:
    """The occupied entries of a set's table by index."""
    by_address = {id(item): item for item in items}
    entries: dict[int, Any] = {}
    content = ctypes.string_at(head.table, struct.calcsize(_ENTRY) * (head.mask + 1))
    for index, (key, hashed) in enumerate(struct.iter_unpack(_ENTRY, content)):
        if key in by_address:
            entries[index] = by_address[key]
        elif key and hashed == _GONE:
            entries[index] = Gap(index)
    return entries


def _order(mask: int, entries: dict[int, Any]) -> list[Any]:
    """An order in which each item comes to its entry, as far as there is one."""
    hashes = {index: hash(item) for index, item in entries.items()}
    order = [index for index in entries if hashes[index] & mask == index]
    taken = set(order)
    left = [index for index in entries if index not in taken]
    while left:
        ready = [index for index in left if _free(hashes[index], mask, taken) == index]
        if not ready:
            break
        order += ready
        taken.update(ready)
        left = [index for index in left if index not in taken]
    return [entries[index] for index in order + left]


def _free(hashed: int, mask: int, taken: set[int]) -> int:
    """The entry that an item gets (set_add_entry)."""
    perturb, index = hashed & (1 << 64) - 1, hashed & mask
    while True:
        probes = _LINEAR_PROBES if index + _LINEAR_PROBES <= mask else 0
        for probe in range(index, index + probes + 1):
            if probe not in taken:
                return probe
        perturb >>= _PERTURB_SHIFT
        index = (index * 5 + 1 + perturb) & mask
