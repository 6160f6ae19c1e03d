"""Autograd graphs that are kept from round to round."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from midrun.rehearse.fault import Fault
from midrun.rehearse.watching import graph
from midrun.rehearse.watching.facts import Forward
from midrun.rehearse.watching.holdings import CONTAINERS, Held
from midrun.rehearse.watching.lines import growing_line, is_bounded
from midrun.rehearse.watching.loops import Entry
from midrun.rehearse.watching.places import Place
from midrun.rehearse.watching.watcher import Watcher, fault

_GROWTHS = 2
_ITEMS = 64  # of a container, the newest ones
_NODES = 20_000
_LONG = 100  # rounds that graphs are kept for, if they are given up after them


@dataclass
class _Kept:
    """What a variable reaches, seen at the starts of rounds: how many models' outputs and losses of
    passes that are over, and how many outputs that no backward pass has come to (yet). A container
    (`identity`) has held graphs, `size` of them, `since` a round; `lasting` is after how many
    rounds it is emptied, at least, or for how many it has not been."""

    entry: Entry
    file: str
    spent: int = 0
    most: int = 0
    nodes: int = 0
    first_nodes: int = 0
    growths: int = 0
    shrank: bool = False
    identity: int = 0
    size: int = 0
    since: int = 0
    emptied: bool = False
    lasting: int = 0
    open: int = 0
    open_growths: int = 0
    forwards: list[Forward] = field(default_factory=list)


class GraphKept(Watcher):
    """A graph is of no use once a backward pass has gone through it without `retain_graph`, or if
    none ever will. What reaches more of such with each round keeps them alive. A sum of losses that
    is still to be taken back through, as of a recurrent network, is none of these."""

    def __init__(self, scene: Any) -> None:
        super().__init__(scene)
        self._kept: dict[tuple[Place, str], _Kept] = {}

    def round(self, entry: Entry, begins: bool, frame: types.FrameType) -> None:
        budget = self.scene.budget
        if "torch" not in sys.modules:
            return
        # What is emptied now and then must not be missed; rounds that others are left out for are
        # often those.
        filled = any(one.size for (loop, _), one in self._kept.items() if loop == entry.place)
        after_gaps = entry.near_gap and budget.allows(("graphs after gaps", entry.place))
        if budget.allows(("graphs", entry.place), early=self.scene.is_early(entry)) or (
            filled or after_gaps
        ):
            budget.timed(lambda: self._look(entry, frame))

    def _look(self, entry: Entry, frame: types.FrameType) -> None:
        kind = getattr(sys.modules["torch"], "Tensor", None)
        if kind is None or not (self.scene.forwards or self.scene.spent):
            return
        for held in self.scene.holdings(frame):
            tensors, count = _graph_tensors(held.value, kind)
            if tensors or (entry.place, held.path) in self._kept:
                self._saw(entry, held, tensors, count)

    def _saw(self, entry: Entry, held: Held, tensors: list[Any], more: int) -> None:
        found = graph.reach(tensors, _NODES)
        spent = len(found.numbers & self.scene.spent)
        spent += more if spent else 0
        calls = {self.scene.output(number) for number in found.numbers}
        unused = [c for c in calls if c is not None and not c.reached]
        kept = self._kept.setdefault((entry.place, held.path), _Kept(entry, held.file))
        if kept.entry is not entry:
            kept.entry, kept.spent, kept.most, kept.open = entry, 0, 0, 0
            kept.size, kept.since = 0, entry.index
        if isinstance(held.value, CONTAINERS):
            _time(kept, id(held.value), len(tensors) + more, entry.index)
        kept.shrank |= 0 < spent < kept.spent
        # The first one may be a variable of the round before, which the next round binds anew.
        # What is less is of rounds that were not looked at: only more than ever is a growth.
        kept.growths += spent > kept.most > 0
        kept.open_growths += len(unused) > kept.open > 0
        kept.first_nodes = kept.first_nodes or len(found.numbers)
        kept.spent, kept.most = spent, max(spent, kept.most)
        kept.open, kept.nodes = len(unused), max(kept.nodes, len(found.numbers))
        kept.forwards = unused or kept.forwards

    def faults(self) -> Iterator[Fault]:
        told: set[tuple[str, str]] = set()
        for (loop, path), kept in self._kept.items():
            is_long = kept.lasting >= _LONG
            is_spent = kept.growths >= _GROWTHS and (is_long or not kept.shrank)
            is_unused = kept.open_growths >= _GROWTHS and _is_of_no_use(kept)
            if not (is_spent or is_unused) or (loop.file, path) in told:
                continue
            if is_bounded(kept.file, path, but_for_emptying=is_spent and is_long):
                continue
            told.add((loop.file, path))
            yield from fault(
                "graph-kept",
                growing_line(loop, path, kept.file),
                f"{path} keeps the autograd graph of each round",
                f"it reached {kept.first_nodes} nodes of graphs at first, {kept.nodes} at most"
                " that no backward pass will use",
            )


def _time(kept: _Kept, identity: int, size: int, index: int) -> None:
    """Note for how many rounds a container holds what it does."""
    rounds = index - kept.since
    if kept.size and (size < kept.size or identity != kept.identity):  # emptied, or begun anew
        kept.lasting = min(kept.lasting, rounds) if kept.emptied else rounds
        kept.emptied, kept.since = True, index
    elif not size:
        kept.since = index
    elif not kept.emptied:
        kept.lasting = max(kept.lasting, rounds)
    kept.identity, kept.size = identity, size


def _is_of_no_use(kept: _Kept) -> bool:
    """Whether no backward pass came to the outputs: those of an evaluation, or of calls in rounds
    that others were learned from."""
    return all(
        call.reached is False
        and (
            (call.loaders and not any(loader.trains for loader in call.loaders))
            or (call.entry is not None and call.entry.backwards > 0)
        )
        for call in kept.forwards
    )


def _graph_tensors(value: Any, kind: type) -> tuple[list[Any], int]:
    """The tensors with a graph that a value holds, and how many there are beyond those."""
    if isinstance(value, kind):
        return ([value] if value.grad_fn is not None else []), 0  # type: ignore[attr-defined]
    if not isinstance(value, CONTAINERS) or getattr(value, "maxlen", None):
        return [], 0
    items = list(value.values()) if isinstance(value, dict) else list(value)
    tensors = graph.tensors_in(items[-_ITEMS:], kind, _ITEMS)
    found = [tensor for tensor in tensors if tensor.grad_fn is not None]
    return found, max(0, len(items) - _ITEMS) if found else 0
