"""gymnasium's environments: those in the program's own process are plain objects; those in
processes of their own can't be saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from midrun.state.pickling import Saver
    from midrun.state.registry import Registry


def add(registry: Registry) -> None:
    registry.register("gymnasium.vector.async_vector_env.AsyncVectorEnv", _in_processes)


def _in_processes(obj: Any, saver: Saver) -> Any:
    # Whether an environment begins anew with the next step is known to a local variable of its
    # process only (_async_worker in gymnasium/vector/async_vector_env.py).
    return saver.give_up(
        obj, "its environments are in processes of their own; vectorization_mode='sync' can be"
    )
