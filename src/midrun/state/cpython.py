"""What Python does not tell of a frame: its cells, its value stack and how it was called.

Python code can see the contents of a frame's variables, but not the cells that closures share, nor
the iterators and operands on the value stack. They are read here from the frame's memory, never
written. The layout is that of `_PyInterpreterFrame` in Include/internal/pycore_frame.h of CPython
3.11, 3.12 and 3.13; each frame is checked first (its code must lie where it should), and other
versions are refused.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import sys
import sysconfig
import types
from collections.abc import Collection
from typing import Any

from midrun.source.positions import Unknown

_VERSION = sys.version_info[:2]
_FRAME = 24  # PyFrameObject.f_frame: after ob_refcnt, ob_type and f_back
_CODE = {(3, 11): 32, (3, 12): 0, (3, 13): 0}
_PREVIOUS = {(3, 11): 48, (3, 12): 8, (3, 13): 8}
_IS_ENTRY = 68  # 3.11: whether the frame was entered from C
_OWNER = 70  # 3.12 and later
_OWNED_BY_C = 3
_LOCALS = 72


class _Empty:
    """Stands for a NULL on the value stack."""

    def __repr__(self) -> str:
        return "EMPTY"


EMPTY = _Empty()


@functools.cache
def unsupported() -> str | None:
    """Why frames can't be read in this interpreter, or None."""
    if sys.implementation.name != "cpython" or _VERSION not in _CODE:
        return f"Python {sys.version.split()[0]} is not one of CPython 3.11, 3.12 and 3.13"
    if ctypes.sizeof(ctypes.c_void_p) != 8 or sysconfig.get_config_var("Py_DEBUG"):
        return "this Python is a debug build or not a 64-bit one"
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        return "this Python is a free-threaded build"
    return None


def variables(frame: types.FrameType) -> tuple[dict[str, Any], dict[str, types.CellType]]:
    """The bound plain locals of a frame by name, and the cells of its other variables.

    `frame.f_locals` would do for the first, but up to Python 3.12 it leaves a dict behind that
    keeps every value alive until the function ends.
    """
    code = frame.f_code
    in_cells = {*code.co_cellvars, *code.co_freevars}
    plain: dict[str, Any] = {}
    cells: dict[str, types.CellType] = {}
    for index, name in enumerate(_local_names(code)):
        value = _read(frame, index)
        if name not in in_cells:
            if value is not EMPTY:
                plain[name] = value
        elif isinstance(value, types.CellType):
            cells[name] = value
    return plain, cells


def some_variables(frame: types.FrameType, names: Collection[str]) -> dict[str, Any]:
    """The values of those of the variables `names` that a frame has bound, in cells or not."""
    found: dict[str, Any] = {}
    first = _address(frame) + _LOCALS
    for index, name in enumerate(_local_names(frame.f_code)):
        if name not in names:
            continue
        value = _read_at(first + 8 * index, frame)
        if isinstance(value, types.CellType):
            with contextlib.suppress(ValueError):
                found[name] = value.cell_contents
        elif value is not EMPTY:
            found[name] = value
    return found


def value_stack(frame: types.FrameType, count: int) -> list[Any]:
    """The lowest `count` entries of a frame's value stack; `count` must not be more than it has."""
    first = len(_local_names(frame.f_code))
    return [_read(frame, first + index) for index in range(count)]


def entered_from_python(frame: types.FrameType) -> bool:
    """Whether the frame was called by its caller's own call instruction, with no C in between."""
    address = _address(frame)
    if _VERSION == (3, 11):
        return ctypes.c_bool.from_address(address + _IS_ENTRY).value is False
    previous = ctypes.c_void_p.from_address(address + _PREVIOUS[_VERSION]).value
    if previous is None:
        return False
    return ctypes.c_byte.from_address(previous + _OWNER).value != _OWNED_BY_C


def _local_names(code: types.CodeType) -> tuple[str, ...]:
    """The names of `localsplus`: variables, then cells that are no arguments, then free ones."""
    extra = tuple(name for name in code.co_cellvars if name not in code.co_varnames)
    return (*code.co_varnames, *extra, *code.co_freevars)


def _read(frame: types.FrameType, index: int) -> Any:
    return _read_at(_address(frame) + _LOCALS + 8 * index, frame)


def _read_at(place: int, frame: types.FrameType) -> Any:
    address = ctypes.c_void_p.from_address(place).value
    if address is None:
        return EMPTY
    # A loop that has ended leaves its iterator there while it destroys it, and to touch an object
    # that is being destroyed is to destroy it twice.
    if ctypes.c_ssize_t.from_address(address).value <= 0:
        raise Unknown(f"{frame.f_code.co_qualname} is destroying an object")
    return ctypes.py_object.from_address(place).value


def _address(frame: types.FrameType) -> int:
    reason = unsupported()
    if reason is not None:
        raise Unknown(reason)
    address = ctypes.c_void_p.from_address(id(frame) + _FRAME).value
    code = address and ctypes.c_void_p.from_address(address + _CODE[_VERSION]).value
    if not address or code != id(frame.f_code):
        raise Unknown("the frame's memory is not laid out as midrun knows it")
    return address
