"""Torch's objects around tensors whose own pickling refuses, or leaves something out."""

from __future__ import annotations

import copyreg
import functools
import gc
import io
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from midrun.state.pickling import Saver
    from midrun.state.registry import Registry

_STATEFUL = "torchdata.stateful_dataloader.stateful_dataloader"


def add(registry: Registry) -> None:
    registry.register("torch.autograd.profiler.record_function", _profiled_block)
    registry.register("torch.optim.optimizer.Optimizer", _optimizer)
    registry.register("torch.amp.grad_scaler.GradScaler", _scaler)
    registry.register("torch.nn.modules.module.Module", _module)
    registry.register("torch.nn.modules.module._WrappedHook", _as_it_is)
    registry.register("builtins.AccumulateGrad", _accumulation)
    registry.register("torch.jit._script.RecursiveScriptModule", _script_module)
    registry.register("torch.autograd.grad_mode.inference_mode", _inference_mode)
    registry.register(f"{_STATEFUL}._StatefulSingleProcessDataLoaderIter", _as_it_is)
    registry.register("torch.jit.torch.jit.ScriptFunction", _script_function)
    registry.register("torch.utils._device.DeviceContext", _device_context)
    registry.register("torch._ops.OpOverload", _operator)
    registry.register("torch._ops.OpOverloadPacket", _operator)
    registry.register("torch._ops._OpNamespace", _operator)
    registry.register("torch.finfo", _limits)
    registry.register("torch.iinfo", _limits)
    for name in ("torch._C.Stream", "torch._C.Event", "torch._C._CudaStreamBase"):
        registry.register(name, _stream)
    registry.register("torch._C._CudaEventBase", _stream)


def _optimizer(obj: Any, saver: Saver) -> Any:
    # Optimizer.__getstate__ leaves out hooks and the `step` that a scheduler has wrapped.
    if not _is_torchs(type(obj), "__getstate__") or not _is_torchs(type(obj), "__reduce_ex__"):
        return NotImplemented
    return new_optimizer, (type(obj),), dict(obj.__dict__), None, None, _fill


def _is_torchs(kind: type, method: str) -> bool:
    """Whether a method is what torch or Python gave the class, not the program."""
    module = getattr(getattr(kind, method), "__module__", None) or ""
    return module.partition(".")[0] in ("torch", "")


def new_optimizer(kind: Any) -> Any:
    """An optimizer without its contents; its class has the hooks around `step` that the first
    optimizer of a class puts there (Optimizer._patch_step_function in torch/optim/optimizer.py)."""
    optimizer = kind.__new__(kind)
    optimizer._patch_step_function()
    optimizer.__dict__.clear()
    return optimizer


def _fill(obj: Any, state: dict[str, Any]) -> None:
    obj.__dict__.update(state)


def _scaler(obj: Any, saver: Saver) -> Any:
    # GradScaler.__getstate__ refuses between unscale_() and update(), and drops its tensors. The
    # states of the optimizers stand there under their ids.
    state = dict(obj.__dict__)
    if "_per_optimizer_states" not in state:  # one that is not enabled
        return NotImplemented
    states = state.pop("_per_optimizer_states")
    found = {id(one): one for one in gc.get_objects() if id(one) in states} if states else {}
    pairs = [(found[key], value) for key, value in states.items() if key in found]
    return _new, (type(obj),), (state, pairs), None, None, _fill_scaler


def _new(kind: Any) -> Any:
    return kind.__new__(kind)


def _fill_scaler(obj: Any, saved: tuple[dict[str, Any], list[tuple[Any, Any]]]) -> None:
    from collections import defaultdict

    from torch.amp.grad_scaler import _refresh_per_optimizer_state

    state, pairs = saved
    obj.__dict__.update(state)
    obj._per_optimizer_states = defaultdict(_refresh_per_optimizer_state)
    obj._per_optimizer_states.update({id(optimizer): value for optimizer, value in pairs})


def _module(obj: Any, saver: Saver) -> Any:
    """Parametrized modules, whose class is made at run time with a __getstate__ that refuses
    (_inject_new_class in torch/nn/utils/parametrize.py), and those compiled in place, which
    Module.__getstate__ makes plain ones."""
    import torch

    compiled = obj.__dict__.get("_compiled_call_impl") is not None
    if not compiled and not torch.nn.utils.parametrize.is_parametrized(obj):
        return NotImplemented
    return copyreg.__newobj__, (type(obj),), dict(obj.__dict__)  # type: ignore[attr-defined]


def _as_it_is(obj: Any, saver: Saver) -> Any:
    # Their __getstate__ refuses, or leaves out what functools.update_wrapper took from a hook.
    return _new, (type(obj),), dict(obj.__dict__), None, None, _fill


def _accumulation(obj: Any, saver: Saver) -> Any:
    """The node at which a gradient reaches a leaf: hooks for several gradients hold theirs."""
    return _accumulation_of, (obj.variable,)


def _accumulation_of(leaf: Any) -> Any:
    from torch.autograd.graph import get_gradient_edge

    leaf.requires_grad_(True)  # it may still be without what it was saved with
    return get_gradient_edge(leaf).node


def _script_module(obj: Any, saver: Saver) -> Any:
    import torch

    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is deprecated, which the program knows already
        torch.jit.save(obj, file)
    tensors = {**dict(obj.named_parameters()), **dict(obj.named_buffers())}
    return _load_script, (file.getvalue(), obj.training), tensors, None, None, _fill_script


def _script_function(obj: Any, saver: Saver) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _load_function, (obj.save_to_buffer(), obj.name), dict(obj.__dict__)


def _load_function(data: bytes, name: str) -> Any:
    import torch

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        loaded = torch.jit.load(io.BytesIO(data))
    graph = loaded._c._get_method("forward").graph.copy()
    graph.eraseInput(0)  # the module that it was saved as
    return torch._C._create_function_from_graph(name, graph)


def _load_script(data: bytes, training: bool) -> Any:
    import torch

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.jit.load(io.BytesIO(data)).train(training)


def _fill_script(module: Any, tensors: dict[str, Any]) -> None:
    for path, tensor in tensors.items():
        *owners, name = path.split(".")
        setattr(functools.reduce(getattr, owners, module), name, tensor)


def _inference_mode(obj: Any, saver: Saver) -> Any:
    """One that was entered holds a guard in C, which can only be made by entering again."""
    state = dict(obj.__dict__)
    entered = state.pop("_inference_mode_context", None) is not None
    return _new_inference_mode, (obj.mode, entered), state, None, None, _fill


def _new_inference_mode(mode: bool, entered: bool) -> Any:
    import torch

    made = torch.inference_mode(mode)
    if entered:
        made.__enter__()
    return made


def _device_context(obj: Any, saver: Saver) -> Any:
    return _new, (type(obj),), dict(obj.__dict__), None, None, _fill_device_context


def _fill_device_context(obj: Any, state: dict[str, Any]) -> None:
    obj.__dict__.update(state)


def _operator(obj: Any, saver: Saver) -> Any:
    """`torch.ops.aten.add.Tensor` and the like go by their names."""
    import torch

    if isinstance(obj, torch._ops._OpNamespace):
        return _find_operator, (obj.name,)
    namespace, _, name = obj._qualified_op_name.partition("::") if hasattr(
        obj, "_qualified_op_name") else obj._schema.name.partition("::")  # fmt: skip
    path = [namespace, name]
    if isinstance(obj, torch._ops.OpOverload):
        path.append(obj._overloadname)
    return _find_operator, tuple(path)


def _find_operator(*path: str) -> Any:
    import torch

    found: Any = torch.ops
    for name in path:
        found = getattr(found, name)
    return found


def _limits(obj: Any, saver: Saver) -> Any:
    return _make_limits, (type(obj).__name__, obj.dtype)


def _make_limits(kind: str, dtype: str) -> Any:
    import torch

    return getattr(torch, kind)(getattr(torch, dtype))


def _stream(obj: Any, saver: Saver) -> Any:
    return saver.give_up(obj, "work that is queued on a device has no place in a savepoint")


def _profiled_block(obj: Any, saver: Saver) -> Any:
    """A block that the profiler may record (each `optimizer.step` is one): its handle belongs to
    the process, so on leaving it nothing is recorded (torch/autograd/profiler.py)."""
    state = {**vars(obj), "record": None, "run_callbacks_on_exit": False}
    return _make_profiled_block, (type(obj), state)


def _make_profiled_block(kind: type, state: dict[str, Any]) -> Any:
    block: Any = object.__new__(kind)
    block.__dict__.update(state)
    return block
