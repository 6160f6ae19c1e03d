"""Whether an autograd graph stands in the way of a savepoint.

A graph that a backward will still run through can't be saved. Whether one is at hand is looked up
in the variables of the frames first, which is quick; what lies deeper is found while pickling.
A tensor in a variable that is dead is never used again, and is saved as its value.
"""

from __future__ import annotations

import types
from typing import Any

from midrun.source.book import Book
from midrun.source.liveness import live_names
from midrun.source.positions import Unknown
from midrun.state.frames import FrameState
from midrun.state.loaded import loaded
from midrun.state.revive import cut_of
from midrun.state.session import NotNow

_ON_THE_STACK = "("  # before the name of what is no variable, but lies on the value stack
_TRACER = "torch.jit._trace"
_MANY = 1000  # values of a container that are looked at


def dead_tensors(stack: list[tuple[types.FrameType, FrameState]], book: Book) -> frozenset[int]:
    """The ids of the tensors that only dead variables hold.

    Raises NotNow if a variable that may be read again holds a tensor whose graph is needed.
    """
    torch = loaded("torch")
    if torch is None or not hasattr(torch, "Tensor"):
        return frozenset()
    from midrun.state.adapters.devices import unaffected

    if torch._C._functorch.peek_interpreter_stack() is not None:
        raise NotNow("a transform of torch.func is under way")
    if any(frame.f_globals.get("__name__") == _TRACER for frame, _ in stack):
        raise NotNow("torch.jit traces a module")
    with unaffected():
        return _dead_tensors(stack, book, torch)


def _dead_tensors(
    stack: list[tuple[types.FrameType, FrameState]], book: Book, torch: Any
) -> frozenset[int]:
    from midrun.state.adapters.graphs import graph_state

    dead: set[int] = set()
    for frame, state in reversed(stack):
        variables = _variables(frame, state)
        graphs = {
            name: found
            for name, value in variables.items()
            if (found := [t for t in _tensors(value, torch) if graph_state(t) == "alive"])
        }
        if not graphs:
            continue
        live = _live(frame, state, book)
        for name, tensors in graphs.items():
            if live is None or name in live or name.startswith(_ON_THE_STACK):
                raise NotNow(f"{_told(name)} holds an autograd graph that is still needed")
            dead.update(map(id, tensors))
    return frozenset(dead)


def _told(name: str) -> str:
    return "a value under way" if name.startswith(_ON_THE_STACK) else f"`{name}`"


def _variables(frame: types.FrameType, state: FrameState) -> dict[str, Any]:
    if state.name == "<module>":
        return {n: v for n, v in frame.f_globals.items() if not n.startswith("__")}
    found = {
        key.removeprefix("local ") if key.startswith("local ") else _ON_THE_STACK + key: value
        for key, value in state.values.items()
    }
    return found | state.cell_contents()


def _live(frame: types.FrameType, state: FrameState, book: Book) -> frozenset[str] | None:
    try:
        _, function = book.find(frame.f_code)
        live = live_names(function, cut_of(state, function, state.position))
    except Unknown:
        return None
    if live is None or state.name != "<module>":
        return live if live is None else live | frozenset(state.cells)
    # A global may be read by any function of the program.
    return live.union(*(source.globals_in_functions for source in book.own.values()))


def _tensors(value: Any, torch: Any, depth: int = 2) -> list[Any]:
    if issubclass(type(value), torch.Tensor):  # isinstance would ask the target of a weak proxy
        return [value] if value.grad_fn is not None else []
    if depth and type(value) in (list, tuple, dict):
        items = list(value.values() if isinstance(value, dict) else value)[:_MANY]
        return [tensor for item in items for tensor in _tensors(item, torch, depth - 1)]
    return []
