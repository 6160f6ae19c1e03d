"""How one frame came to run another, and whether that can be done again.

Between a call and the frame that it runs there may be C code (`sorted(key=f)`), of which nothing
can be saved. A call is continued only if what it calls is surely the function of the inner frame.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import inspect
import types
from typing import TYPE_CHECKING, Any

from midrun.source.cut import block_key
from midrun.source.module import Function
from midrun.source.positions import Position, Unknown, node_at
from midrun.source.slots import Layout
from midrun.state import cpython

if TYPE_CHECKING:
    from midrun.state.frames import FrameState


def note_call(
    state: FrameState,
    frame: types.FrameType,
    inner: types.FrameType,
    function: Function,
    stack: list[Any],
) -> None:
    """How `frame` came to run `inner`. Raises Unknown if that can't be continued."""
    line = state.position.line
    if state.position.kind == "next":
        iterator = state.values[block_key(len(state.blocks) - 1)]
        if getattr(iterator, "gi_frame", None) is not inner:
            raise Unknown(f"line {line} fetches from {type(iterator).__name__}")
        return
    if state.position.kind == "yield":
        delegate = state.values.get("delegate")
        if getattr(delegate, "gi_frame", None) is not inner:
            raise Unknown(f"line {line} yields from {type(delegate).__name__}")
        state.inner = "delegate"
        return
    node = node_at(function.root, (*state.position.path, *state.position.within))
    assert isinstance(node, ast.Call)
    if cpython.entered_from_python(inner):
        direct = isinstance(node.func, ast.Attribute) and node.func.attr == "__init__"
        constructs = inner.f_code.co_name == "__init__" and not direct
        state.inner = "construct" if constructs else "call"
    else:
        # While C code is called, the callee still lies where its result will be.
        depth = len(stack)
        callee = callee_of(*cpython.value_stack(frame, depth + 2)[depth:])
        generator = _stepped(callee, frame, depth)
        if generator is not None and generator.gi_frame is inner:
            if callee is next and len(node.args) > 1:
                raise Unknown(f"line {line} gives `next` a default")
            state.inner = "step"
            state.values["inner argument"] = generator
            return
        state.inner = _relation(callee, inner, line)
    if state.inner == "construct":
        variables, cells = cpython.variables(inner)
        name = inner.f_code.co_varnames[0]
        instance = cells[name].cell_contents if name in cells else variables.get(name)
        state.values["instance"] = instance


def _stepped(
    callee: Any, frame: types.FrameType, depth: int
) -> types.GeneratorType[Any, Any, Any] | None:
    """The generator that a call of `callee` advances."""
    if callee is next:
        callee = cpython.value_stack(frame, depth + 3)[-1]
    else:
        # What `close` runs ends by an exception of its own.
        steps = getattr(callee, "__name__", "") in ("__next__", "send", "throw")
        callee = getattr(callee, "__self__", None) if steps else None
    return callee if isinstance(callee, types.GeneratorType) else None


def _relation(callee: Any, inner: types.FrameType, line: int) -> str:
    while isinstance(callee, functools.partial):
        callee = callee.func
    function = callee.__func__ if isinstance(callee, types.MethodType) else callee
    if isinstance(function, types.FunctionType) and function.__code__ is inner.f_code:
        return "call"
    if isinstance(callee, type):
        construct = inspect.getattr_static(callee, "__init__", None)
        if isinstance(construct, types.FunctionType) and construct.__code__ is inner.f_code:
            return "construct"
    else:
        call = inspect.getattr_static(type(callee), "__call__", None)
        if isinstance(call, types.FunctionType) and call.__code__ is inner.f_code:
            return "call"
    name = getattr(callee, "__qualname__", type(callee).__name__)
    raise Unknown(f"line {line} calls its code through {name}")


def callee_of(first: Any, second: Any) -> Any:
    """The function that the two entries for it stand for: NULL and a callable, or a function and
    its first argument (LOAD_METHOD, LOAD_ATTR); the callable comes first since 3.13, and the
    function before its argument always."""
    if first is cpython.EMPTY:
        return second
    if second is cpython.EMPTY:
        return first
    return types.MethodType(first, second)


def check_targets(
    function: Function,
    position: Position,
    layout: Layout,
    stack: list[Any],
    frame: types.FrameType,
    values: dict[str, Any],
    cells: dict[str, types.CellType],
) -> None:
    """`x += f()` reads x before the call; its continuing form reads it after. Refuse where f has
    changed it meanwhile."""
    node = node_at(function.root, position.path)
    if position.kind != "call" or not isinstance(node, ast.AugAssign):
        return
    target = (*position.path, ("target", -1))
    index = 0
    for slot in layout:
        if slot.path == target:
            break
        index += slot.width
    now: Any = None
    match node.target:
        case ast.Name(id=name) if name in cells:
            now = cells[name].cell_contents
        case ast.Name(id=name):
            now = values[name] if name in values else frame.f_globals.get(name)
        case ast.Attribute(attr=name):
            now = getattr(stack[index - 1], name, None)
        case ast.Subscript():
            with contextlib.suppress(KeyError, IndexError):
                now = stack[index - 2][stack[index - 1]]
    before = stack[index]
    if now is not before and not (type(now) is type(before) and _equal(now, before)):
        raise Unknown(f"the target at line {node.lineno} has changed since it was read")


def _equal(one: Any, other: Any) -> bool:
    return isinstance(one, int | float | str | bytes | complex) and bool(one == other)
