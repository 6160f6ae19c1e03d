"""What a training consists of besides its model, found among the program's objects, each with a
digest: to tell what a resumed training has forgotten."""

from __future__ import annotations

import gc
import random
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from midrun.state.digest import Digest, random_state

_GLOBAL = {
    "random": "Python's random state",
    "numpy.random": "NumPy's random state",
    "torch": "torch's random state",
}


def components(namespaces: Iterable[dict[str, Any]]) -> dict[str, str]:
    """A digest of each component, by what it is called: the model's parameters, optimizers,
    schedulers, gradient scalers, and the states of random numbers, those of generators in
    `namespaces` included."""
    found = {name: Digest().of(state) for name, state in _kinds()}
    found |= {_GLOBAL[name]: Digest().of(state) for name, state in random_state().items()}
    for namespace in namespaces:
        for name, value in namespace.items():
            state = _generator_state(value)
            if state is not None:
                found[f"generator {name}"] = Digest().of(state)
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
    groups = [group for o in optimizers for group in o.param_groups]
    yield "the model", [parameter.detach() for group in groups for parameter in group["params"]]
    yield "the optimizer", [o.state_dict()["state"] for o in optimizers]
    if schedulers:
        yield "the scheduler", [_plain(s.state_dict()) for s in schedulers]
    if scalers:
        yield "the gradient scaler", [s.state_dict() for s in scalers]


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
