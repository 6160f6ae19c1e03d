"""torch's .pt and .pth, loaded with `weights_only`, so that no code in them runs."""

from __future__ import annotations

import pickle
import zipfile
from collections.abc import Iterator
from typing import Any

from midrun.data.formats.arrays import compare_lengths
from midrun.data.libraries import need
from midrun.data.source import DefectError, Source
from midrun.data.values import Numbers

_ITEMS = 1 << 20  # numbers that are looked at together
_FEWEST = 100  # items of tensors that are compared in length


def read(source: Source) -> None:
    """All tensors of the file, however they are nested. The storage is mapped, not read at once."""
    torch = need("torch")
    named = list(_tensors(_load(torch, source), ""))
    lengths = {}
    for name, tensor in named:
        if tensor.layout is torch.strided and not tensor.is_quantized:
            _look(torch, source, name, tensor.detach())
        if tensor.dim() and len(tensor) >= _FEWEST:
            lengths[name] = len(tensor)
    source.looked.items = max(lengths.values(), default=len(named))
    compare_lengths(source, lengths)


def _load(torch: Any, source: Source) -> Any:
    options = {"map_location": "cpu", "weights_only": True}
    head = source.file.read(4)
    packed = head == b"PK\x03\x04"
    if not packed and not head.startswith(b"\x80"):
        raise DefectError("wrong-content", f"is no file of torch.save, but begins with {head!r}")
    if packed and not zipfile.is_zipfile(source.file):
        raise DefectError("truncated", "its zip archive is cut off")
    source.file.seek(0)
    try:
        if source.member or not packed:
            return torch.load(source.file, **options)
        return torch.load(source.path, mmap=True, **options)
    except pickle.UnpicklingError as error:
        text = str(error)
        if "GLOBAL" in text or "Unsupported" in text:
            why = text.split("WeightsUnpickler error:")[-1].strip().split("\n")[0]
            raise DefectError("foreign-pickle", "needs code of its own; not loaded", why) from None
        raise DefectError("unreadable", "is no file of torch.save", text[:200]) from None
    except EOFError as error:
        raise DefectError("truncated", "ends in the middle of an object", str(error)) from None
    except RuntimeError as error:
        text = str(error).split("\n")[0]
        if "TorchScript" in text:
            raise DefectError("foreign-pickle", "is a TorchScript program; not loaded") from None
        raise DefectError("unreadable", "its zip archive is damaged", text[:200]) from None


def _tensors(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    torch = need("torch")
    if isinstance(value, torch.Tensor):
        yield name, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _tensors(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, (list, tuple)):
        for number, inner in enumerate(value):
            yield from _tensors(inner, f"{name}[{number}]")


def _look(torch: Any, source: Source, name: str, tensor: Any) -> None:
    if tensor.dtype is torch.bfloat16:
        tensor = tensor.to(torch.float32)  # NumPy has none
    if not tensor.dim():
        tensor = tensor.reshape(1)
    try:
        array = tensor.numpy()
    except TypeError:  # of a type that NumPy does not know, such as float8
        return
    numbers = Numbers(source, name, array.shape, array.dtype)
    step = max(1, _ITEMS // max(1, array[:1].size))
    for at in range(0, len(array), step):
        block = array[at : at + step]
        if array.ndim > 1:
            numbers.hash(block.tobytes())
        numbers.add(block)
    numbers.finish()
