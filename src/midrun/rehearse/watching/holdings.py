"""What the program holds on to from round to round: tensors and containers, by the names of the
variables and attributes that lead to them."""

from __future__ import annotations

import types
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from midrun.rehearse.watching.places import Places
from midrun.source.positions import Unknown
from midrun.state import cpython

CONTAINERS = (list, dict, set, tuple, deque)
_MOST = 400  # variables that are looked at
_FEW = 50  # items of a dict that may be containers of their own
_OF_MODULES = {"_parameters", "_buffers", "_modules", "_non_persistent_buffers_set"}
_PLAIN = frozenset(
    {int, float, str, bytes, bool, type(None), type, types.ModuleType, types.FunctionType}
)


class Held(NamedTuple):
    """Something, the name that leads to it, and the file whose code names it so."""

    path: str
    value: Any
    file: str


def holdings(frame: types.FrameType, places: Places) -> Iterator[Held]:
    """The variables of a frame, its globals, and the attributes of objects of the program's own
    classes among them, also of those that a library's object has (the data set of a DataLoader):
    two steps deep, and each object once."""
    seen: set[int] = set()
    file = frame.f_code.co_filename
    for name, value in list(_variables(frame).items())[:_MOST]:
        yield from _held(Held(name, value, file), places, seen, depth=2)
    if frame.f_code.co_name != "<module>":
        for name, value in list(frame.f_globals.items())[:_MOST]:
            yield from _held(Held(name, value, file), places, seen, depth=2)


def _variables(frame: types.FrameType) -> Mapping[str, Any]:
    if frame.f_code.co_name == "<module>":
        return frame.f_globals
    code = frame.f_code
    try:
        return cpython.some_variables(
            frame, {*code.co_varnames, *code.co_cellvars, *code.co_freevars}
        )
    except Unknown:
        return {}


def _held(held: Held, places: Places, seen: set[int], depth: int) -> Iterator[Held]:
    path, value, file = held
    kind = type(value)
    if kind in _PLAIN or path.startswith("__") or "@" in path or id(value) in seen:
        return
    seen.add(id(value))
    yield held
    if not depth:
        return
    if kind is dict:
        inner = list(value.items()) if len(value) <= _FEW else []
        for key, item in inner:
            if isinstance(item, CONTAINERS):
                yield from _held(Held(f"{path}[{key!r}]", item, file), places, seen, depth - 1)
        return
    is_own = places.is_of_the_program(kind)
    for key, item in list(getattr(value, "__dict__", {}).items())[:_MOST]:
        if key in _OF_MODULES or not (is_own or places.is_of_the_program(type(item))):
            continue
        file = places.file_of(kind) if is_own else file
        yield from _held(Held(f"{path}.{key}", item, file), places, seen, depth - 1)
