"""What a program enters in torch by a `with`: a device, modes, hooks on what autograd saves."""

from __future__ import annotations

import sys
from typing import Any


def _torch() -> Any:
    return sys.modules["torch"]


def read() -> dict[str, Any]:
    """The default device and the modes that torch's functions run under."""
    torch = _torch()
    current = getattr(sys.modules.get("torch.utils._device"), "CURRENT_DEVICE", None)
    return {
        "context": getattr(torch._GLOBAL_DEVICE_CONTEXT, "device_context", None),
        "current": None if current is None else torch.device(current),
        "modes": torch.overrides._get_current_function_mode_stack(),
        "dispatch": _dispatch_modes(),
    }


def restore(saved: dict[str, Any]) -> None:
    """Put back what `read` gave."""
    torch = _torch()
    if saved["current"] is not None:
        from torch.utils import _device

        _device.CURRENT_DEVICE = saved["current"]
    torch._GLOBAL_DEVICE_CONTEXT.device_context = saved["context"]
    while torch._C._len_torch_function_stack():
        torch.overrides._pop_mode()
    for mode in saved["modes"]:
        torch.overrides._push_mode(mode)
    _set_dispatch_modes(saved["dispatch"])


def _dispatch_modes() -> dict[str, Any]:
    """The modes that are entered below torch's functions, and what the module knows of them."""
    dispatch = _torch().utils._python_dispatch
    flags = {n: v for n, v in vars(dispatch).items() if n.startswith("_is_in_") and type(v) is bool}
    return {"stack": dispatch._get_current_dispatch_mode_stack(), "flags": flags}


def _set_dispatch_modes(saved: dict[str, Any]) -> None:
    dispatch = _torch().utils._python_dispatch
    while dispatch._get_current_dispatch_mode_stack():
        dispatch._pop_mode()
    for mode in saved["stack"]:
        dispatch._push_mode(mode)
    vars(dispatch).update(saved["flags"])


def read_hooks() -> list[tuple[Any, Any]]:
    """The hooks on tensors that autograd saves for backward, outermost first (a stack in C that can
    be read only at its top)."""
    hooks = _take_hooks()
    put_hooks(hooks)
    return hooks


def put_hooks(saved: list[tuple[Any, Any]]) -> None:
    """Put back what `read_hooks` gave."""
    _take_hooks()
    for pack, unpack in saved:
        _torch()._C._autograd._push_saved_tensors_default_hooks(pack, unpack)


def _take_hooks() -> list[tuple[Any, Any]]:
    autograd = _torch()._C._autograd
    found: list[tuple[Any, Any]] = []
    while (top := autograd._top_saved_tensors_default_hooks(True)) is not None:
        found.append(top)
        autograd._pop_saved_tensors_default_hooks()
    return found[::-1]
