"""What the program holds on to from round to round: tensors and containers, by the names of the
variables and attributes that lead to them."""

from __future__ import annotations

import types
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from midrun.rehearse.watching.places import Places
from midrun.source.positions import Unknown
from midrun.state import cpython

CONTAINERS = (list, dict, set, tuple, deque)
_MOST = 400  # variables that are looked at
_OF_MODULES = {"_parameters", "_buffers", "_modules", "_non_persistent_buffers_set"}
_PLAIN = (int, float, str, bytes, bool, type(None), type, types.ModuleType, types.FunctionType)


def holdings(frame: types.FrameType, places: Places) -> Iterator[tuple[str, Any]]:
    """The variables of a frame, its globals, and the attributes of objects of the program's own
    classes among them: two steps deep, and each object once."""
    seen: set[int] = set()
    for name, value in list(_variables(frame).items())[:_MOST]:
        yield from _held(name, value, places, seen, depth=2)
    if frame.f_code.co_name != "<module>":
        for name, value in list(frame.f_globals.items())[:_MOST]:
            yield from _held(name, value, places, seen, depth=1)


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


def _held(
    name: str, value: Any, places: Places, seen: set[int], depth: int
) -> Iterator[tuple[str, Any]]:
    kind = type(value)
    if kind in _PLAIN or name.startswith("__") or "@" in name or id(value) in seen:
        return
    seen.add(id(value))
    yield name, value
    if kind is dict and depth and len(value) <= 50:
        inner = [(f"{name}[{key!r}]", item) for key, item in list(value.items())]
        containers = (pair for pair in inner if isinstance(pair[1], CONTAINERS))
        for path, item in containers:
            yield from _held(path, item, places, seen, depth - 1)
    elif depth and places.is_of_the_program(kind):
        for key, item in list(getattr(value, "__dict__", {}).items()):
            if key not in _OF_MODULES:
                yield from _held(f"{name}.{key}", item, places, seen, depth - 1)
