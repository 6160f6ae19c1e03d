"""What is finite, and what is not, in a tensor."""

from __future__ import annotations

import enum
import math
from collections.abc import Iterator
from typing import Any

import torch


class Kind(enum.IntEnum):
    """The worst value in a tensor."""

    FINITE = 0
    INF = 1
    NAN = 2


def kind(tensor: torch.Tensor) -> Kind:
    """The worst value in `tensor`; tensors without data, and of integers, are finite."""
    if not judged(tensor):
        return Kind.FINITE
    values = tensor.detach()
    if values.layout is not torch.strided:
        values = values.coalesce().values() if values.is_sparse else values.values()
    # torch.isfinite takes 40 times as long as a sum, which may overflow, but hides nothing.
    if values.dtype in _SUMMED and math.isfinite(values.sum(dtype=_SUMMED[values.dtype]).item()):
        return Kind.FINITE
    if bool(torch.isnan(values).any()):
        return Kind.NAN
    return Kind.FINITE if bool(finite(values).all()) else Kind.INF


_SUMMED = {
    torch.float16: torch.float32,
    torch.bfloat16: torch.float32,
    torch.float32: torch.float32,
    torch.float64: torch.float64,
}


def finite(values: torch.Tensor) -> torch.Tensor:
    """Which values are finite: `torch.isfinite`, in half of its time."""
    return values.abs() < math.inf


def judged(tensor: torch.Tensor) -> bool:
    """Whether a tensor can hold a NaN, and can be read."""
    if not has_memory(tensor) or tensor.is_quantized or is_wrapped(tensor):
        return False
    return bool((tensor.is_floating_point() or tensor.is_complex()) and tensor.numel() > 0)


def has_memory(tensor: torch.Tensor) -> bool:
    """Whether there is memory behind a tensor: not behind the zeros of forward-mode derivatives
    (torch.func.hessian makes some), and torch crashes when it reads them."""
    return not (tensor.is_meta or tensor._is_zerotensor())


def is_wrapped(tensor: torch.Tensor) -> bool:
    """Whether a tensor stands for many at once (torch.func), so that it has no value to look at."""
    return bool(torch._C._functorch.is_functorch_wrapped_tensor(tensor))


def first(mask: torch.Tensor) -> tuple[int, ...]:
    """The index of the first true element of `mask`, which has one."""
    flat = int(mask.reshape(-1).to(torch.uint8).argmax())
    index = []
    for size in reversed(mask.shape):
        flat, at = divmod(flat, size)
        index.append(at)
    return tuple(reversed(index))


def at(tensor: torch.Tensor, index: tuple[int, ...], shape: torch.Size) -> Any:
    """The element of `tensor`, broadcast to `shape`, at `index`; None if it has no such shape."""
    try:
        return tensor.detach().expand(shape)[index].item()
    except (RuntimeError, IndexError, ValueError):
        return None


def tensors_in(value: Any) -> Iterator[torch.Tensor]:
    """The tensors in the argument or result of an operation."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from tensors_in(item)
