"""Torch's tensors and storages.

A tensor is saved as a view of its storage, and the storage as memory, so that everything that
shares memory still does. What a tensor may lead back to (its gradient, hooks and attributes) is
filled in once it is known to the pickler.
"""

from __future__ import annotations

import copyreg
import warnings
from typing import TYPE_CHECKING, Any

from midrun.state.adapters.devices import on_device, unaffected
from midrun.state.adapters.graphs import is_plain_view, save_as_value, with_graph
from midrun.state.adapters.memory import SMALL, Held, buffer, bytes_at, claim, regions
from midrun.state.session import NotNow

if TYPE_CHECKING:
    from midrun.state.pickling import Saver
    from midrun.state.registry import Registry


def add(registry: Registry) -> None:
    registry.register("torch.Tensor", _tensor)
    registry.register("torch.nn.parameter.UninitializedTensorMixin", _uninitialized)
    registry.register("torch.storage.UntypedStorage", _storage)
    registry.register("torch.storage.TypedStorage", _typed_storage)
    registry.register("torch._C._autograd.SavedTensor", _put_off)


def _put_off(obj: Any, saver: Saver) -> Any:
    raise NotNow("a tensor is kept for a backward that is to come")


def _tensor(obj: Any, saver: Saver) -> Any:
    with unaffected():
        return _reduce_tensor(obj, saver)


def _reduce_tensor(obj: Any, saver: Saver) -> Any:
    import torch

    kind = type(obj)
    if kind not in (torch.Tensor, torch.nn.Parameter) and _has_own_way(kind):
        save_as_value(obj, saver)  # its own way knows nothing of graphs
        return NotImplemented
    view = obj.layout is torch.strided and not obj.is_nested and is_plain_view(obj)
    grad_fn = None if view else save_as_value(obj, saver)
    if grad_fn is not None and obj.is_nested:
        return saver.give_up(obj, "a nested tensor that came out of a graph can't be made anew")
    if view and _like_base(obj):
        meta = torch._C._autograd._get_creation_meta(obj).name
        layout = obj.storage_offset(), tuple(obj.shape), obj.stride()
        made: tuple[Any, ...] = (_view, (obj._base, *layout, meta))
    elif obj.layout is not torch.strided or obj.is_nested or obj.is_quantized:
        made = _special(obj)
    else:
        layout = obj.storage_offset(), tuple(obj.shape), obj.stride()
        bits = obj.is_conj(), obj.is_neg(), obj.is_inference()
        made = (_over, (kind, obj.untyped_storage(), obj.dtype, *layout, *bits))
    state = _state(obj, grad_fn)
    return (*made, state, None, None, _fill) if state else made


def _has_own_way(kind: Any) -> bool:
    import torch

    torchs = torch.Tensor.__reduce_ex__, torch.nn.Parameter.__reduce_ex__
    dispatches = kind.__torch_dispatch__ is not torch.Tensor.__torch_dispatch__
    return dispatches or kind.__reduce_ex__ not in torchs


def _like_base(obj: Any) -> bool:
    base = obj._base
    return (
        (obj.dtype, obj.is_conj(), obj.is_neg()) == (base.dtype, base.is_conj(), base.is_neg())
        and not obj.is_inference()
        and type(obj).__name__ == "Tensor"
    )


def _state(obj: Any, grad_fn: str | None) -> dict[str, Any]:
    """What a tensor has beside its values, where it has any."""
    is_leaf, retains_grad = obj.is_leaf, obj.retains_grad
    found = {
        "grad_fn": grad_fn,
        "requires_grad": obj.requires_grad or None,
        "retains_grad": retains_grad or None,
        "grad": obj.grad if is_leaf or retains_grad else None,
        "grad_dtype": (obj.grad_dtype,) if is_leaf and obj.grad_dtype != obj.dtype else None,
        "_backward_hooks": obj._backward_hooks,
        "_post_accumulate_grad_hooks": obj._post_accumulate_grad_hooks if is_leaf else None,
        "slots": _slots(obj) or None,
        "__dict__": _attributes(obj) or None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _slots(obj: Any) -> dict[str, Any]:
    names = copyreg._slotnames(type(obj))  # type: ignore[attr-defined]
    return {name: getattr(obj, name) for name in names if hasattr(obj, name)}


def _attributes(obj: Any) -> dict[str, Any]:
    # Caches of tensor subclasses (Tensor._clear_non_serializable_cached_data in torch/_tensor.py).
    caches = ("_sym_sizes_capsule", "_sym_strides_capsule")
    return {name: value for name, value in obj.__dict__.items() if not name.startswith(caches)}


def _fill(tensor: Any, state: dict[str, Any]) -> None:
    with unaffected():
        tensor.__dict__.update(state.get("__dict__", {}))
        for name, value in state.get("slots", {}).items():
            setattr(tensor, name, value)
        if "grad_fn" in state:
            with_graph(tensor, state["grad_fn"])
        elif "requires_grad" in state and tensor.is_leaf:
            tensor.requires_grad_(True)
        if "retains_grad" in state:
            tensor.retain_grad()
        if "grad_dtype" in state:
            tensor.grad_dtype = state["grad_dtype"][0]
        for name in ("grad", "_backward_hooks", "_post_accumulate_grad_hooks"):
            if name in state:
                setattr(tensor, name, state[name])


def _over(
    kind: Any,
    storage: Any,
    dtype: Any,
    offset: int,
    shape: tuple[int, ...],
    stride: tuple[int, ...],
    conj: bool,
    neg: bool,
    inference: bool,
) -> Any:
    import torch

    with torch.inference_mode(inference), unaffected():
        tensor = torch.empty(0, dtype=dtype, device=storage.device)
        tensor.set_(storage, offset, shape, stride)
        if conj or neg:
            bits = {"conj": conj, "neg": neg}
            torch._C._set_tensor_metadata(tensor, {bit: True for bit in bits if bits[bit]})
        return tensor if kind is torch.Tensor else torch.Tensor._make_subclass(kind, tensor, False)


def _view(base: Any, offset: int, shape: Any, stride: Any, meta: str) -> Any:
    import torch

    metas = torch._C._autograd.CreationMeta
    with torch.inference_mode(False), unaffected():
        with torch.set_grad_enabled(meta != "NO_GRAD_MODE"):
            view = base.as_strided(shape, stride, offset)
        if meta not in ("DEFAULT", "NO_GRAD_MODE"):
            torch._C._autograd._set_creation_meta(view, getattr(metas, meta))
        return view


def _special(obj: Any) -> tuple[Any, ...]:
    """Tensors that are no view of one storage: by their parts."""
    import torch

    plain = obj.detach()
    if obj.is_quantized:
        storage, offset, size, stride, parameters, *_ = plain.__reduce_ex__(5)[1]
        return _quantized, (storage, offset, tuple(size), stride, parameters)
    if obj.is_nested:
        parts = plain.__reduce_ex__(5)[1]
        return torch._utils._rebuild_nested_tensor, tuple(part.detach() for part in parts)
    if obj.layout is torch.sparse_coo:
        parts = plain._indices(), plain._values()
    elif obj.layout in (torch.sparse_csr, torch.sparse_bsr):
        parts = plain.crow_indices(), plain.col_indices(), plain.values()
    else:
        parts = plain.ccol_indices(), plain.row_indices(), plain.values()
    # As views they would lead back to the tensor itself.
    values = tuple(part.detach() for part in parts)
    coalesced = obj.is_coalesced() if obj.layout is torch.sparse_coo else None
    return _sparse, (obj.layout, values, tuple(obj.shape), coalesced)


def _quantized(storage: Any, offset: int, size: Any, stride: Any, parameters: Any) -> Any:
    import torch

    with warnings.catch_warnings(), unaffected():
        warnings.simplefilter("ignore")  # storages with a type are deprecated, but used for this
        rebuild = torch._utils._rebuild_qtensor
        return rebuild(storage, offset, size, stride, parameters, False, {})


def _sparse(layout: Any, parts: tuple[Any, ...], size: Any, coalesced: bool | None) -> Any:
    import torch

    device = parts[-1].device
    with warnings.catch_warnings(), unaffected():
        warnings.simplefilter("ignore")  # each process is told once that CSR is in beta
        if layout is torch.sparse_coo:
            return torch.sparse_coo_tensor(
                *parts, size, device=device, check_invariants=False, is_coalesced=coalesced
            )
        return torch.sparse_compressed_tensor(
            *parts, size, layout=layout, device=device, check_invariants=False
        )


def _uninitialized(obj: Any, saver: Saver) -> Any:
    made = (type(obj), obj.requires_grad, obj.device, obj.dtype)
    return _make_uninitialized, made, dict(obj.__dict__), None, None, _fill_uninitialized


def _make_uninitialized(kind: Any, requires_grad: bool, device: Any, dtype: Any) -> Any:
    return kind(requires_grad=requires_grad, device=device, dtype=dtype)


def _fill_uninitialized(obj: Any, state: dict[str, Any]) -> None:
    obj.__dict__.update(state)


def _storage(obj: Any, saver: Saver) -> Any:
    import torch

    length, device = obj.nbytes(), obj.device
    if device.type == "meta" or not length:
        return _new_storage, (length, device)
    if device.type != "cpu":
        copy = obj.cpu()
        return on_device, (Held(saver, bytes_at(copy.data_ptr(), length), copy), device)
    start = obj.data_ptr()
    known = regions(saver).find(start, length)
    if known is not None:
        return _in_memory, (known.target, start - known.start, length)
    claim(saver, start, length, obj)
    data = bytes_at(start, length)
    pinned = torch.cuda.is_initialized() and obj.is_pinned()
    if obj.is_shared() or pinned:
        return _special_storage, (Held(saver, data, obj), obj.is_shared())
    if length < SMALL and obj.resizable():
        return _small_storage, (bytes(data),)
    return _in_memory, (Held(saver, data, obj), 0, length)


def _new_storage(length: int, device: Any) -> Any:
    import torch

    return torch.UntypedStorage(length, device=device)


def _small_storage(data: bytes) -> Any:
    import torch

    storage = torch.UntypedStorage(len(data), device="cpu")
    bytes_at(storage.data_ptr(), len(data))[:] = data
    return storage


def _in_memory(target: Any, offset: int, length: int) -> Any:
    import torch

    data = buffer(target)
    with warnings.catch_warnings(), unaffected():
        warnings.simplefilter("ignore")  # a tensor over a read-only array was one before, too
        tensor = torch.frombuffer(data, dtype=torch.uint8, count=length, offset=offset)
        return tensor.untyped_storage()


def _special_storage(held: memoryview, shared: bool) -> Any:
    """In memory that is shared with other processes, or pinned for a device."""
    import torch

    storage = torch.UntypedStorage(held.nbytes, device="cpu")
    bytes_at(storage.data_ptr(), held.nbytes)[:] = held
    if shared:
        return storage.share_memory_()
    return storage.pin_memory() if torch.accelerator.is_available() else storage


def _typed_storage(obj: Any, saver: Saver) -> Any:
    return _make_typed, (obj._untyped_storage, obj.dtype)


def _make_typed(storage: Any, dtype: Any) -> Any:
    import torch

    return torch.storage.TypedStorage(wrap_storage=storage, dtype=dtype, _internal=True)
