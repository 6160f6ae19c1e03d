"""Ambient state of torch and numpy.

Each entry has the module that it belongs to, a name, a function that reads the state and one that
puts it back, as `midrun.state.ambient.Ambient` takes them; the module is loaded when they are
called. Random number generators come last, since putting back others may draw from them.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from typing import Any

from midrun.state import ambient_modes
from midrun.state.dynamo import read_settings, set_settings
from midrun.state.loaded import loaded

Entry = tuple[str, str, Callable[[], Any], Callable[[Any], None]]


def _torch() -> Any:
    return sys.modules["torch"]


def _numpy() -> Any:
    return sys.modules["numpy"]


def _read_modes() -> dict[str, Any]:
    torch = _torch()
    return {
        "dtype": torch.get_default_dtype(),
        "grad": torch.is_grad_enabled(),
        "multithreading": torch._C._is_multithreading_enabled(),
        "anomaly": (torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled()),
        "algorithms": (
            torch.are_deterministic_algorithms_enabled(),
            torch.is_deterministic_algorithms_warn_only_enabled(),
        ),
        "fill": torch.utils.deterministic.fill_uninitialized_memory,
        "warn always": torch.is_warn_always_enabled(),
    }


def _set_modes(saved: dict[str, Any]) -> None:
    torch = _torch()
    enabled, warn_only = saved["algorithms"]
    torch.set_default_dtype(saved["dtype"])
    torch.set_grad_enabled(saved["grad"])
    torch._C._set_multithreading_enabled(saved["multithreading"])
    torch.autograd.anomaly_mode.set_detect_anomaly(*saved["anomaly"])
    if enabled != torch.are_deterministic_algorithms_enabled():
        torch.use_deterministic_algorithms(enabled, warn_only=warn_only)  # imports the compiler
    torch._C._set_deterministic_algorithms(enabled, warn_only=warn_only)
    torch.utils.deterministic.fill_uninitialized_memory = saved["fill"]
    torch.set_warn_always(saved["warn always"])


def _read_autocast() -> dict[str, Any]:
    torch = _torch()
    devices = [name for name in ("cpu", "cuda") if torch.amp.is_autocast_available(name)]
    return {
        "devices": {
            name: (torch.is_autocast_enabled(name), torch.get_autocast_dtype(name))
            for name in devices
        },
        "cache": torch.is_autocast_cache_enabled(),
        "depth": _autocast_depth(),
    }


def _autocast_depth() -> int:
    torch = _torch()
    depth: int = torch.autocast_increment_nesting() - 1
    torch.autocast_decrement_nesting()
    return depth


def _set_autocast(saved: dict[str, Any]) -> None:
    torch = _torch()
    for name, (enabled, dtype) in saved["devices"].items():
        torch.set_autocast_enabled(name, enabled)
        torch.set_autocast_dtype(name, dtype)
    torch.set_autocast_cache_enabled(saved["cache"])
    # The outermost block that ends empties the cache of casts.
    for _ in range(saved["depth"] - _autocast_depth()):
        torch.autocast_increment_nesting()


def _read_threads() -> tuple[int, int]:
    torch = _torch()
    return torch.get_num_threads(), torch.get_num_interop_threads()


def _set_threads(saved: tuple[int, int]) -> None:
    torch = _torch()
    torch.set_num_threads(saved[0])
    if torch.get_num_interop_threads() != saved[1]:
        with contextlib.suppress(RuntimeError):  # it can be set once, and before any work
            torch.set_num_interop_threads(saved[1])


# Switches of the backends that torch._C has as a pair _get_x and _set_x.
_SWITCHES = (
    "blas_preferred_backend",
    "cpu_allow_fp16_reduced_precision_reduction",
    "cublas_allow_fp16_accumulation",
    "cudnn_benchmark",
    "cudnn_deterministic",
    "cudnn_enabled",
    "linalg_preferred_backend",
    "math_sdp_allow_fp16_bf16_reduction",
    "mkldnn_deterministic",
    "mkldnn_enabled",
    "nnpack_enabled",
    "qengine",
)
# Kernels of scaled_dot_product_attention: _get_x_sdp_enabled and _set_sdp_use_x.
_ATTENTION = ("flash", "mem_efficient", "math", "cudnn")
# Operations whose float32 precision is set one by one (torch/backends/__init__.py).
_PRECISIONS = [
    (backend, operation)
    for backend in ("generic", "cuda", "mkldnn")
    for operation in ("all", "matmul", "conv", "rnn")
    if backend != "generic" or operation == "all"
]


def _read_backends() -> dict[str, Any]:
    torch = _torch()
    c = torch._C
    return {
        "switches": {name: getattr(c, f"_get_{name}")() for name in _known_switches()},
        "attention": {name: getattr(c, f"_get_{name}_sdp_enabled")() for name in _ATTENTION},
        "precision": _matmul_precision(),
        "precisions": {key: c._get_fp32_precision_getter(*key) for key in _PRECISIONS},
        "benchmark limit": torch.backends.cudnn.benchmark_limit,
    }


def _matmul_precision() -> str | None:
    """What the older way to set the precision of matrix products says; None if the program has
    mixed it with the newer one, which torch refuses then."""
    try:
        return str(_torch().get_float32_matmul_precision())
    except RuntimeError:
        return None


def _known_switches() -> list[str]:
    c = _torch()._C
    return [n for n in _SWITCHES if hasattr(c, f"_get_{n}") and hasattr(c, f"_set_{n}")]


def _set_backends(saved: dict[str, Any]) -> None:
    torch = _torch()
    c = torch._C
    for name, value in saved["switches"].items():
        if getattr(c, f"_get_{name}")() != value:
            getattr(c, f"_set_{name}")(value)
    for name, value in saved["attention"].items():
        getattr(c, f"_set_sdp_use_{name}")(value)
    if saved["precision"] not in (None, _matmul_precision()):
        torch.set_float32_matmul_precision(saved["precision"])
    for key, value in saved["precisions"].items():
        if c._get_fp32_precision_getter(*key) != value:
            c._set_fp32_precision_setter(*key, value)
    if torch.backends.cudnn.benchmark_limit != saved["benchmark limit"]:
        torch.backends.cudnn.benchmark_limit = saved["benchmark limit"]


def _read_print() -> dict[str, Any]:
    return dict(vars(_torch()._tensor_str.PRINT_OPTS))


def _set_print(saved: dict[str, Any]) -> None:
    vars(_torch()._tensor_str.PRINT_OPTS).update(saved)


# Hooks for all modules, by the names of the dicts in torch/nn/modules/module.py.
_MODULE_HOOKS = (
    "_global_backward_pre_hooks",
    "_global_backward_hooks",
    "_global_forward_pre_hooks",
    "_global_forward_hooks",
    "_global_forward_hooks_always_called",
    "_global_forward_hooks_with_kwargs",
    "_global_buffer_registration_hooks",
    "_global_module_registration_hooks",
    "_global_parameter_registration_hooks",
)
# midrun's own hooks lie under this key (run/steps.py); they belong to the process.
_OUR_KEY = "midrun"
_OPTIMIZER_HOOKS = ("_global_optimizer_pre_hooks", "_global_optimizer_post_hooks")


def _hook_tables() -> list[tuple[str, Any]]:
    modules, optimizers = _torch().nn.modules.module, sys.modules["torch.optim.optimizer"]
    return [(name, getattr(modules, name)) for name in _MODULE_HOOKS] + [
        (name, getattr(optimizers, name)) for name in _OPTIMIZER_HOOKS
    ]


def _read_hooks() -> dict[str, Any]:
    torch = _torch()
    return {
        "tables": {
            name: hooks for name, table in _hook_tables() if (hooks := _without(table, _OUR_KEY))
        },
        "full": torch.nn.modules.module._global_is_full_backward_hook,
        "next": torch.utils.hooks.RemovableHandle.next_id,
        "parametrize": torch.nn.utils.parametrize._cache_enabled,
        "optimizers": list(_hooked(torch.optim.Optimizer)),
    }


def _without(table: Any, key: Any) -> dict[Any, Any]:
    return {name: value for name, value in table.items() if name != key}


def _hooked(kind: Any) -> set[Any]:
    """The optimizers whose `step` has hooks around it, which their first instance puts there."""
    found = {kind} if getattr(kind.__dict__.get("step"), "hooked", False) else set()
    return found.union(*(_hooked(heir) for heir in kind.__subclasses__()))


def _set_hooks(saved: dict[str, Any]) -> None:
    torch = _torch()
    for name, table in _hook_tables():
        ours = {_OUR_KEY: table[_OUR_KEY]} if _OUR_KEY in table else {}
        table.clear()
        table.update(saved["tables"].get(name, {}) | ours)
    torch.nn.modules.module._global_is_full_backward_hook = saved["full"]
    handles = torch.utils.hooks.RemovableHandle
    handles.next_id = max(handles.next_id, saved["next"])
    torch.nn.utils.parametrize._cache_enabled = saved["parametrize"]
    for kind in saved["optimizers"]:
        kind.__new__(kind)._patch_step_function()


def _read_random() -> dict[str, Any]:
    torch = _torch()
    cuda = torch.cuda.is_initialized()
    return {
        "cpu": torch.get_rng_state().numpy().tobytes()
        if loaded("numpy") is not None
        else bytes(torch.get_rng_state().tolist()),
        "cuda": torch.cuda.get_rng_state_all() if cuda else None,
        "current": torch.cuda.current_device() if cuda else None,
    }


def _set_random(saved: dict[str, Any]) -> None:
    torch = _torch()
    state = torch.frombuffer(bytearray(saved["cpu"]), dtype=torch.uint8)
    torch.default_generator.set_state(state)
    if saved["cuda"] is not None and torch.cuda.is_available():
        torch.cuda.set_device(saved["current"])
        torch.cuda.set_rng_state_all(saved["cuda"][: torch.cuda.device_count()])


def _read_numpy() -> dict[str, Any]:
    numpy = _numpy()
    return {
        "errors": numpy.geterr(),
        "error call": numpy.geterrcall(),
        "buffer": numpy.getbufsize(),
        "print": numpy.get_printoptions(),
    }


def _set_numpy(saved: dict[str, Any]) -> None:
    numpy = _numpy()
    numpy.seterr(**saved["errors"])
    numpy.seterrcall(saved["error call"])
    numpy.setbufsize(saved["buffer"])
    numpy.set_printoptions(**saved["print"])


def _unseen(work: Callable[..., Any]) -> Callable[..., Any]:
    """Do it without the program's own modes being told of the calls."""

    def unseen(*arguments: Any) -> Any:
        c = _torch()._C
        with c.DisableTorchFunction(), c._DisableTorchDispatch():
            return work(*arguments)

    return unseen


def _lasting(work: Callable[..., Any]) -> Callable[..., Any]:
    """The same for what sets a mode of the thread: leaving `_DisableTorchDispatch` puts back which
    dispatch keys were on, those of autocast and of modes among them."""

    def lasting(*arguments: Any) -> Any:
        with _torch()._C.DisableTorchFunction():
            return work(*arguments)

    return lasting


AMBIENT: list[Entry] = [
    ("torch", "torch: modes", _unseen(_read_modes), _lasting(_set_modes)),
    ("torch", "torch: device", _unseen(ambient_modes.read), _lasting(ambient_modes.restore)),
    (
        "torch",
        "torch: saved tensors",
        _unseen(ambient_modes.read_hooks),
        _lasting(ambient_modes.put_hooks),
    ),
    ("torch", "torch: autocast", _unseen(_read_autocast), _lasting(_set_autocast)),
    ("torch", "torch: threads", _unseen(_read_threads), _unseen(_set_threads)),
    ("torch", "torch: backends", _unseen(_read_backends), _unseen(_set_backends)),
    ("torch", "torch: settings", _unseen(read_settings), _unseen(set_settings)),
    ("torch", "torch: printing", _unseen(_read_print), _unseen(_set_print)),
    ("torch", "torch: hooks", _unseen(_read_hooks), _unseen(_set_hooks)),
    ("numpy", "numpy: settings", _read_numpy, _set_numpy),
    (
        "numpy.random",
        "numpy: random",
        lambda: _numpy().random.get_state(legacy=False),
        lambda saved: _numpy().random.set_state(saved),
    ),
    ("torch", "torch: random", _unseen(_read_random), _unseen(_set_random)),
]
