"""Numbers and short texts among a program's variables, read without running any of its code."""

from __future__ import annotations

import itertools
import math
import sys
import types
from collections.abc import Iterable, Mapping
from typing import Any

from midrun.source.positions import Unknown
from midrun.state import cpython

_LONGEST = 80  # characters of a text that is kept
_LARGEST = 1 << 63
_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE: a class that was made by Python code

Plain = bool | int | float | str


def variables(frame: types.FrameType, names: tuple[str, ...]) -> Mapping[str, Any]:
    """The variables of a frame, `names` among them as far as they are bound."""
    if frame.f_code.co_name == "<module>":
        return frame.f_globals
    try:
        return cpython.some_variables(frame, names)
    except Unknown:
        return {}


def plain_ones(there: Mapping[str, Any], names: Iterable[str], most: int) -> dict[str, Plain]:
    """Those of the variables `names` that are plain, at most so many."""
    found = ((name, plain(there.get(name))) for name in names)
    kept = ((name, value) for name, value in found if value is not None)
    return dict(itertools.islice(kept, most))


def plain(value: Any) -> Plain | None:
    """A value as JSON has it, or None if it is no number and no short text. A number that is not
    finite is a text, which JSON has no other way for. A tensor of one element on an accelerator is
    left alone, since to read it is to wait for it."""
    kind = type(value)
    if kind is float:
        return value if math.isfinite(value) else str(value)
    if kind is bool or (kind is int and -_LARGEST < value < _LARGEST):
        return value  # type: ignore[no-any-return]
    if kind is str:
        return value if len(value) <= _LONGEST else None
    torch = sys.modules.get("torch")
    if torch is not None and kind is vars(torch).get("Tensor"):
        return _of_tensor(torch, value)
    numpy = sys.modules.get("numpy")
    if numpy is not None and "generic" in vars(numpy):
        return _of_numpy(numpy, value)
    return None


def _of_tensor(torch: Any, tensor: Any) -> Plain | None:
    # The program's modes would see what is asked here, and a trace would have it for a part of it.
    try:
        c = torch._C
        if c._get_tracing_state() is not None:
            return None
        with c.DisableTorchFunction(), c._DisableTorchDispatch():
            if tensor.device.type != "cpu" or tensor.numel() != 1 or tensor.is_complex():
                return None
            return plain(tensor.item())
    except Exception:  # a tensor without a value (of vmap, say), or a torch that is another one
        return None


def _of_numpy(numpy: Any, value: Any) -> Plain | None:
    kind = type(value)
    is_scalar = issubclass(kind, numpy.generic) and not kind.__flags__ & _HEAP_TYPE
    if kind is not numpy.ndarray and not is_scalar:
        return None
    return plain(value.item()) if value.size == 1 and value.dtype.kind in "biuf" else None
