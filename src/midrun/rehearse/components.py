"""What a training consists of besides its model, found among the program's objects, each with a
digest: to tell what a resumed training has forgotten."""

from __future__ import annotations

import gc
import random
import sys
import types
from collections.abc import Iterable, Iterator
from typing import Any

import xxhash


def components(namespaces: Iterable[dict[str, Any]]) -> dict[str, str]:
    """A digest of each component, by what it is called: the model's parameters, optimizers,
    schedulers, gradient scalers, and the states of random numbers, those of generators in
    `namespaces` included."""
    found = {name: _digest(state) for name, state in _kinds()}
    found |= {name: _digest(state) for name, state in _random_states()}
    for namespace in namespaces:
        for name, value in namespace.items():
            state = _generator_state(value)
            if state is not None:
                found[f"generator {name}"] = _digest(state)
    return found


def _kinds() -> Iterator[tuple[str, Any]]:
    torch = sys.modules["torch"]
    scheduler = sys.modules.get("torch.optim.lr_scheduler")
    scaler = getattr(torch.amp, "GradScaler", ())
    optimizers: list[Any] = []
    schedulers: list[Any] = []
    scalers: list[Any] = []
    plateau = getattr(scheduler, "ReduceLROnPlateau", ())
    for value in gc.get_objects():
        kind = type(value)
        if issubclass(kind, torch.optim.Optimizer):
            optimizers.append(value)
        elif scheduler is not None and issubclass(kind, (scheduler.LRScheduler, plateau)):
            schedulers.append(value)
        elif scaler and issubclass(kind, scaler):
            scalers.append(value)
    yield (
        "the model",
        [
            parameter
            for o in optimizers
            for group in o.param_groups
            for parameter in group["params"]
        ],
    )
    yield "the optimizer", [o.state_dict()["state"] for o in optimizers]
    if schedulers:
        yield "the scheduler", [_plain(s.state_dict()) for s in schedulers]
    if scalers:
        yield "the gradient scaler", [s.state_dict() for s in scalers]


def _random_states() -> Iterator[tuple[str, Any]]:
    yield "torch's random state", sys.modules["torch"].get_rng_state()
    yield "Python's random state", random.getstate()
    numpy = sys.modules.get("numpy")
    if numpy is not None and hasattr(numpy, "random"):
        yield "NumPy's random state", numpy.random.get_state()


def _generator_state(value: Any) -> Any:
    torch, numpy = sys.modules["torch"], sys.modules.get("numpy")
    if isinstance(value, torch.Generator):
        return value.get_state()
    if isinstance(value, random.Random):
        return value.getstate()
    if numpy is not None and isinstance(value, numpy.random.Generator):
        return value.bit_generator.state
    return None


def _plain(state: dict[str, Any]) -> dict[str, Any]:
    """The numbers of a scheduler's state: what else it holds is code."""
    return {k: v for k, v in state.items() if isinstance(v, int | float | str | list | dict)}


def _digest(state: Any) -> str:
    hashed = xxhash.xxh3_128()
    for piece in _pieces(state):
        hashed.update(piece)
    return str(hashed.hexdigest())


def _pieces(state: Any) -> Iterator[bytes]:
    torch = sys.modules["torch"]
    if isinstance(state, torch.Tensor):
        flat = state.detach().cpu().contiguous()
        yield str((flat.dtype, tuple(flat.shape))).encode()
        yield bytes(flat.untyped_storage())[: flat.numel() * flat.element_size()]
    elif isinstance(state, dict):
        for key, value in state.items():
            yield repr(key).encode()
            yield from _pieces(value)
    elif isinstance(state, list | tuple):
        for value in state:
            yield from _pieces(value)
    elif hasattr(state, "tobytes"):
        yield state.tobytes()
    elif not isinstance(state, types.FunctionType):
        yield repr(state).encode()
