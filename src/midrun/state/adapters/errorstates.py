"""NumPy's error state: what `np.errstate` puts back at the end of its block, which is a capsule."""

from __future__ import annotations

import ctypes
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from midrun.state.pickling import Saver
    from midrun.state.registry import Registry

_UMATH = "numpy._core.umath"  # since NumPy 2; before, the state was no object of its own
_CAPSULE = b"numpy.ufunc.extobj"  # numpy/_core/src/umath/extobj.c


def add(registry: Registry) -> None:
    registry.register("builtins.PyCapsule", _capsule)


def _capsule(obj: Any, saver: Saver) -> Any:
    umath = sys.modules.get(_UMATH)
    if umath is None or not ctypes.pythonapi.PyCapsule_IsValid(ctypes.py_object(obj), _CAPSULE):
        return NotImplemented
    variable = umath._extobj_contextvar
    token = variable.set(obj)  # it can be read only while it is in force
    try:
        return _make, (umath._get_extobj_dict(),)
    finally:
        variable.reset(token)


def _make(state: dict[str, Any]) -> Any:
    from numpy._core import umath

    return umath._make_extobj(**state)
