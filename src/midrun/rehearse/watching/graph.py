"""The autograd graph below a tensor, by the numbers that torch gives its nodes.

A node's number (`Node._sequence_nr`, torch/csrc/autograd/function.h) is its own for good, so that a
node can be known again with no reference to it, which would keep its graph alive.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

_LEAF = 1 << 63  # the nodes of leaves all have the largest number, which is above this


@dataclass
class Reach:
    """What a walk found: the numbers of its nodes, and the leaves, which the graph changes. Where
    there are too many nodes the walk ends, and is not `whole`."""

    numbers: set[int]
    leaves: list[Any]
    whole: bool = True


def numbers_of(tensors: Iterable[Any]) -> tuple[int, ...]:
    """The numbers of the nodes that made some tensors."""
    nodes = (tensor.grad_fn for tensor in tensors)
    return tuple(node._sequence_nr() for node in nodes if node is not None)


def reach(tensors: Iterable[Any], most: int = 100_000) -> Reach:
    """Walk through the graphs below some tensors, at most so many nodes."""
    found = Reach(set(), [])
    todo = [tensor.grad_fn for tensor in tensors if tensor.grad_fn is not None]
    seen = set(todo)
    while todo:
        node = todo.pop()
        number = node._sequence_nr()
        if number < _LEAF:
            found.numbers.add(number)
        elif hasattr(node, "variable"):
            found.leaves.append(node.variable)
        for below, _ in node.next_functions:
            if below is not None and below not in seen:
                seen.add(below)
                todo.append(below)
        if len(seen) > most:
            found.whole = False
            break
    return found


def tensors_in(value: Any, kind: type, most: int = 50) -> list[Any]:
    """The tensors (objects of `kind`) in a value: itself, or in tuples, lists and dicts."""
    if isinstance(value, kind):
        return [value]
    found: list[Any] = []
    for item in _items(value):
        found += tensors_in(item, kind, most - len(found))
        if len(found) >= most:
            break
    return found[:most]


def _items(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from list(value.values())[:50]
    elif isinstance(value, list | tuple):
        yield from value[:50]
