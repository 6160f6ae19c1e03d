"""Frames as data: what a live frame or generator is, apart from its code.

A `FrameState` says which function it is, where it stands and what it holds; `capture` reads it from
a live frame, `midrun.state.revive` makes a frame that continues from it.
"""

from __future__ import annotations

import ast
import contextlib
import gc
import inspect
import sys
import types
from dataclasses import dataclass, field, replace
from typing import Any, cast

from midrun.source.book import Book
from midrun.source.cut import (
    BLOCK_ROLES,
    block_key,
    exception_key,
    local_key,
    operand_key,
    returned_key,
)
from midrun.source.depth import depth_below_result, instruction_offset, stack_depths
from midrun.source.hot import exit_mark
from midrun.source.live import Box, Peeled, Reentered, Reentry
from midrun.source.module import Function
from midrun.source.positions import Position, Unknown, node_at, position_of
from midrun.source.slots import Layout, Slot, layouts
from midrun.source.starts import start_at
from midrun.state import cpython
from midrun.state.calls import callee_of, check_targets, note_call
from midrun.state.dynamo import is_generated


@dataclass
class FrameState:
    """One frame.

    `module` is the name of the module whose globals it uses; `file` and `function` (qualified name
    and ordinal) say which code it runs. `blocks` are the roles of the entries that enclosing blocks
    have on the value stack, outermost first; `operands` the expressions that were evaluated, as
    `ast.dump` writes them. `inner` says what the expression in progress is (see `continuing.Cut`),
    or "step": the advance of a generator. `waits` is true of a generator that is suspended at a
    yield. The values are in `values`, by the keys of `continuing.Box`.
    """

    module: str
    file: str
    function: tuple[str, int]
    position: Position
    locals: frozenset[str]
    cells: dict[str, types.CellType]
    blocks: list[str] = field(default_factory=list)
    operands: list[str] = field(default_factory=list)
    left_by: dict[int, str] = field(default_factory=dict)
    inner: str = "value"
    is_generator: bool = False
    waits: bool = False
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.function[0]

    def cell_contents(self) -> dict[str, Any]:
        """The values of the variables that live in cells, as far as they are bound."""
        found = {}
        for name, cell in self.cells.items():
            with contextlib.suppress(ValueError):
                found[name] = cell.cell_contents
        return found


class _Handled:
    """The exceptions being handled, from the innermost outward.

    CPython keeps the current one in the thread and the one before it on the value stack of each
    handler (PUSH_EXC_INFO), so the chain is followed while the frames are walked.
    """

    def __init__(self, current: BaseException | None) -> None:
        self._current: Any = current

    def leave(self, before: Any) -> Any:
        """The exception of the handler that is left, whose stack holds the one `before` it."""
        if not isinstance(self._current, BaseException):
            raise Unknown("an exception is handled around a generator that handles one itself")
        exception, self._current = self._current, before
        return exception


def capture_stack(
    frame: types.FrameType,
    outermost: types.FrameType,
    book: Book,
    *,
    asking: types.FrameType | None = None,
) -> list[tuple[types.FrameType, FrameState]]:
    """`frame` and its callers up to `outermost`, which comes first, with their states.

    `asking` is the frame of a function that `frame` has called to ask for the savepoint; its call
    will return None. Raises Unknown if one of them can't be told, or is called in a way that can't
    be continued.
    """
    _refuse_in_destruction(frame, outermost)
    handled = _Handled(sys.exception())
    found: list[tuple[types.FrameType, FrameState]] = []
    inner = asking
    current: types.FrameType | None = frame
    while current is not None:
        try:
            found.append((current, _capture(current, inner, book, handled)))
        except Unknown as why:
            raise Unknown(f"{why}{_of_library(current, book)}") from None
        if inner is asking and asking is not None:
            found[-1][1].inner = "value"
            found[-1][1].values["inner value"] = None
        if current is outermost:
            return found[::-1]
        inner, current = current, current.f_back
    raise Unknown("it was asked for outside the main thread of the script")


def _of_library(frame: types.FrameType, book: Book) -> str:
    own = frame.f_code.co_filename in book.own
    return "" if own else f" (in {frame.f_globals.get('__name__')})"


def _refuse_in_destruction(frame: types.FrameType, outermost: types.FrameType) -> None:
    """Raise Unknown in what runs while an object is destroyed or a generator closed: the frames
    around it may be at any instruction, with pointers to what is no more on their stacks."""
    error = sys.exception()
    while error is not None:
        if isinstance(error, GeneratorExit):
            raise Unknown("a generator is being closed")
        error = error.__context__
    current: types.FrameType | None = frame
    while current is not None and current is not outermost:
        if current.f_code.co_name == "__del__":
            raise Unknown("an object is being destroyed")
        current = current.f_back


def capture_generator(generator: types.GeneratorType[Any, Any, Any], book: Book) -> FrameState:
    """The state of a generator that is suspended or has not begun."""
    frame = generator.gi_frame
    assert frame is not None
    if inspect.getgeneratorstate(generator) == inspect.GEN_CREATED:
        return _not_begun(frame, book)
    handled = _Handled(_exception_of(generator))
    state = _capture(frame, None, book, handled, suspended=True)
    state.waits = True
    return state


def _not_begun(frame: types.FrameType, book: Book) -> FrameState:
    for constant in frame.f_code.co_consts:
        if isinstance(constant, Box) and isinstance(constant.state, FrameState):
            # One that was revived and has not run since: what it holds is still in its box.
            return replace(constant.state, values=constant.values)
    source, function = book.find(frame.f_code)
    values, cells = cpython.variables(frame)
    first = function.body[0]
    state = FrameState(
        module=_module_of(frame),
        file=source.path,
        function=function.key,
        position=Position("before", (("body", 0),), (), first.lineno),
        locals=frozenset(values),
        cells=cells,
        is_generator=True,
    )
    state.values = {local_key(name): value for name, value in values.items()}
    return state


def _exception_of(generator: types.GeneratorType[Any, Any, Any]) -> BaseException | None:
    # A generator's own handled exception is the last object that it visits (gen_traverse).
    last = gc.get_referents(generator)[-1:]
    return last[0] if last and isinstance(last[0], BaseException) else None


def _capture(
    frame: types.FrameType,
    inner: types.FrameType | None,
    book: Book,
    handled: _Handled,
    *,
    suspended: bool = False,
) -> FrameState:
    code = frame.f_code
    if code.co_flags & (inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR):
        raise Unknown(f"{code.co_qualname} is a coroutine")
    if is_generated(code):
        raise Unknown(f"{code.co_qualname} runs in the form that torch.compile gave it")
    source, function = book.find(code)
    offset = instruction_offset(code, frame.f_lasti)
    start = start_at(function, code, offset)
    position = start or position_of(function, code, offset)
    if inner is None and not suspended and position.kind in ("call", "yield"):
        # The line event of a call or a yield whose values stand on other lines: it is yet to come.
        raise Unknown(f"line {position.line} is in the middle of a statement")
    if inner is not None and position.kind == "before":
        raise Unknown(f"line {position.line} runs code that it does not call")
    depth = depth_below_result(code, offset) if start is None else stack_depths(code).get(offset)
    layout, stack = _stack(frame, function, position, depth)
    is_module = code.co_name == "<module>"
    values, cells = ({}, {}) if is_module else cpython.variables(frame)
    state = FrameState(
        module=_module_of(frame),
        file=source.path,
        function=function.key,
        position=position,
        locals=frozenset(values),
        cells=cells,
        is_generator=bool(code.co_flags & inspect.CO_GENERATOR),
    )
    state.values = {local_key(name): value for name, value in values.items()}
    _sort_values(state, function, layout, stack, handled)
    _note_exits(state, function, layout, values, source.path in book.own)
    check_targets(function, position, layout, stack, frame, values, cells)
    if inner is not None:
        note_call(state, frame, inner, function, stack)
    return state


def _module_of(frame: types.FrameType) -> str:
    name = frame.f_globals.get("__name__")
    module = sys.modules.get(name) if isinstance(name, str) else None
    if module is None or module.__dict__ is not frame.f_globals:
        raise Unknown(f"{frame.f_code.co_qualname} is code that was made by exec or eval")
    return cast(str, name)


def _stack(
    frame: types.FrameType, function: Function, position: Position, depth: int | None
) -> tuple[Layout, list[Any]]:
    """The one layout that agrees with the depth of the frame's stack, and the values."""
    if depth is None:
        raise Unknown(f"the depth of the stack at line {position.line} is not known")
    fitting = [
        layout
        for layout in layouts(function, position)
        if sum(slot.width for slot in layout) == depth
    ]
    values = cpython.value_stack(frame, depth)
    fitting = [layout for layout in fitting if _agrees(layout, values)]
    if len(fitting) != 1:
        raise Unknown(f"line {position.line} is in the middle of an expression that is not known")
    return fitting[0], values


def _agrees(layout: Layout, values: list[Any]) -> bool:
    index = 0
    for slot in layout:
        value = values[index]
        match slot.role:
            case "peeled":
                good = isinstance(value, Peeled)
            case "raised":
                good = isinstance(value, BaseException)
            case "handled":
                good = value is None or isinstance(value, BaseException)
            case "null":
                good = value is cpython.EMPTY
            case "iterator" | "exit" | "operand" | "returned" | "delegate":
                good = value is not cpython.EMPTY
            case "callee":
                good = (value is cpython.EMPTY) + (values[index + 1] is cpython.EMPTY) < 2
        if not good:
            return False
        index += slot.width
    return True


def _sort_values(
    state: FrameState, function: Function, layout: Layout, values: list[Any], handled: _Handled
) -> None:
    index = 0
    placed: list[tuple[Slot, Any]] = []
    for slot in layout:
        value = values[index]
        if slot.role == "callee":
            value = callee_of(value, values[index + 1])
        placed.append((slot, value))
        index += slot.width
    for slot, value in placed:
        if slot.role in BLOCK_ROLES:
            state.values[block_key(len(state.blocks))] = _held(slot, value)
            state.blocks.append(slot.role)
        elif slot.role in ("operand", "callee"):
            state.values[operand_key(len(state.operands))] = value
            state.operands.append(ast.dump(node_at(function.root, slot.path)))
        elif slot.role == "delegate":
            held = value.iterator if isinstance(value, Reentry) else value
            state.values["delegate"] = held
    handlers = [value for slot, value in placed if slot.role == "handled"]
    for rank in reversed(range(len(handlers))):
        state.values[exception_key(rank)] = handled.leave(handlers[rank])


def _held(slot: Slot, value: Any) -> Any:
    if slot.role in ("iterator", "peeled"):
        return value.iterator if isinstance(value, Peeled) else value
    if slot.role == "exit":
        return _exit_of(value)
    return None if slot.role == "handled" else value


def _exit_of(value: Any) -> Any:
    owner = getattr(value, "__self__", None)
    return owner.exit if isinstance(owner, Reentered) else value


def _note_exits(
    state: FrameState, function: Function, layout: Layout, values: dict[str, Any], own: bool
) -> None:
    """How each `finally` around the position was entered, where the stack does not tell: the hot
    form, which the program's `own` files have, takes note of it."""
    known = {slot.path for slot in layout if slot.role in ("raised", "returned")}
    path = state.position.path
    finals = [path[:depth] for depth, (name, _) in enumerate(path) if name == "finalbody"]
    for rank, place in enumerate(finals):
        node = node_at(function.root, place)
        if place in known or not isinstance(node, ast.Try):
            continue
        mark = exit_mark(node)
        if mark in values:
            how, value = values[mark]
            state.left_by[rank] = how
            state.values[returned_key(rank)] = value
        elif any(isinstance(n, ast.Return | ast.Break | ast.Continue) for n in ast.walk(node)):
            hint = "" if own else f"; --through {state.module.partition('.')[0]} takes note of that"
            line = node.lineno
            raise Unknown(f"the `finally` at line {line} may have been entered by a jump{hint}")
