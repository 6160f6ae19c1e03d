"""Frames that continue from a `FrameState`."""

from __future__ import annotations

import ast
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from midrun.source.book import Book
from midrun.source.continuing import continuing_function, continuing_module
from midrun.source.cut import BLOCK_ROLES, Cut, operand_key
from midrun.source.live import Box
from midrun.source.module import Function, Source
from midrun.source.positions import Path, Position, Unknown, node_at
from midrun.source.slots import Layout, layouts
from midrun.state.frames import FrameState


@dataclass(frozen=True)
class Place:
    """Where a saved frame goes on, in the sources as they are now."""

    source: Source
    function: Function
    position: Position
    new_headers: frozenset[Path] = field(default_factory=frozenset)


class Places(Protocol):
    """Finds saved code in the sources as they are now."""

    def place(self, state: FrameState) -> Place:
        """Where a frame goes on. Raises MidrunError if it can't."""

    def code(self, path: str, key: tuple[str, int]) -> types.CodeType:
        """The code of one of the program's own functions."""


class Reviver:
    """Makes frames for one resume."""

    def __init__(self, book: Book, places: Places) -> None:
        self._book = book
        self._places = places
        self._boxes: dict[int, Box] = {}

    def code(self, path: str, key: tuple[str, int]) -> types.CodeType:
        """The code of one of the program's own functions, as it is now."""
        return self._places.code(path, key)

    def module_code(self, state: FrameState, inner: Callable[..., Any] | None) -> types.CodeType:
        """The code that continues a module's own frame, which calls `inner` first."""
        place = self._places.place(state)
        box = Box(_values(state, inner))
        heat = self._book.heat(place.source.path, again=True).module
        code = continuing_module(place.source, self._cut(state, place), heat, box)
        self._book.note_continuing(code, place.source, place.function)
        return code

    def function(self, state: FrameState, inner: Callable[..., Any] | None) -> Callable[..., Any]:
        """A function that continues the frame when it is called without arguments."""
        return self._function(state, Box(_values(state, inner)))

    def generator(self, state: FrameState) -> types.GeneratorType[Any, Any, Any]:
        """A generator that continues the one saved; its values come later, by `fill`."""
        box = Box({}, state)
        generator = self._function(state, box)()
        assert isinstance(generator, types.GeneratorType)
        self._boxes[id(generator)] = box
        return generator

    def fill(
        self, generator: types.GeneratorType[Any, Any, Any], values: dict[str, Any]
    ) -> FrameState:
        """Give a generator its values; returns what it was made from."""
        box = self._boxes[id(generator)]
        assert isinstance(box.state, FrameState)
        box.values.update(_values(box.state, None))
        box.values.update(values)
        return box.state

    def state_of(self, generator: types.GeneratorType[Any, Any, Any]) -> FrameState:
        """The state that a generator was made from, with its values."""
        box = self._boxes[id(generator)]
        assert isinstance(box.state, FrameState)
        return replace(box.state, values=box.values)

    def inner_of(
        self, generator: types.GeneratorType[Any, Any, Any], inner: Callable[..., Any] | None
    ) -> None:
        """Let a generator that runs on the stack go on with `inner`."""
        if inner is not None:
            self._boxes[id(generator)].values["inner"] = inner

    def wait(self, generator: types.GeneratorType[Any, Any, Any]) -> None:
        """Bring a generator that was suspended back to its yield."""
        next(generator)

    def _function(self, state: FrameState, box: Box) -> types.FunctionType:
        place = self._places.place(state)
        code = continuing_function(
            place.source,
            place.function,
            self._cut(state, place),
            self._heat(place.source),
            box,
            is_generator=state.is_generator,
        )
        self._book.note_continuing(code, place.source, place.function)
        closure = tuple(state.cells.get(name) or types.CellType() for name in code.co_freevars)
        namespace = sys.modules[state.module].__dict__
        defaults = (None,) * code.co_argcount
        name = place.function.name
        return types.FunctionType(code, namespace, name, defaults, closure)

    def _cut(self, state: FrameState, place: Place) -> Cut:
        return cut_of(state, place.function, place.position, place.new_headers)

    def _heat(self, source: Source) -> Callable[[ast.FunctionDef], None]:
        if source.path in self._book.own:
            return self._book.heat(source.path, again=True).function
        return lambda node: None


def _values(state: FrameState, inner: Callable[..., Any] | None) -> dict[str, Any]:
    values = {"first test": True, **state.values}
    if state.inner == "step":
        values["inner"] = next
    elif inner is not None:
        values["inner"] = inner
    return values


def cut_of(
    state: FrameState,
    function: Function,
    position: Position,
    new_headers: frozenset[Path] = frozenset(),
) -> Cut:
    """How `function` is cut to continue the frame at `position`. Raises Unknown if it can't be."""
    layout = _same_shape(state, layouts(function, position))
    return Cut(
        position=position,
        layout=layout,
        operands=_operands(state, function, layout),
        locals=state.locals,
        cells=_cells(state),
        inner="call" if state.inner == "step" else state.inner,
        inner_argument=state.inner == "step",
        left_by=state.left_by,
        new_headers=new_headers,
    )


def _cells(state: FrameState) -> tuple[str, ...]:
    return tuple(state.cells)


def _same_shape(state: FrameState, choices: list[Layout]) -> Layout:
    for layout in choices:
        if [slot.role for slot in layout if slot.role in BLOCK_ROLES] == state.blocks:
            return layout
    raise Unknown(f"the blocks around line {state.position.line} are others now")


def _operands(state: FrameState, function: Function, layout: Layout) -> dict[Path, str | None]:
    """The saved operands by their place in the statement as it is now: the same expression, in the
    same order; what is new is evaluated."""
    left = list(enumerate(state.operands))
    found: dict[Path, str | None] = {}
    for slot in layout:
        if slot.role not in ("operand", "callee"):
            continue
        expression = ast.dump(node_at(function.root, slot.path))
        for item in left:
            if item[1] == expression:
                left.remove(item)
                found[slot.path] = operand_key(item[0])
                break
    return found
