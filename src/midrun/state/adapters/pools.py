"""Pools of threads and processes: idle ones are made anew, with the settings that they had.

A pool with work under way is waited for: the savepoint is put off, since nobody can tell how far
the work has come. Futures that are done are plain objects.
"""

from __future__ import annotations

import importlib
import sys
import time
from typing import TYPE_CHECKING, Any

from midrun.state.session import NotNow

if TYPE_CHECKING:
    from collections.abc import Callable

    from midrun.state.pickling import Saver
    from midrun.state.registry import Registry

_THREADS = "concurrent.futures.thread"
_PROCESSES = "concurrent.futures.process"
_PATIENCE = 0.02  # seconds; a worker is idle a moment after its last result is there


def add(registry: Registry) -> None:
    registry.register(f"{_THREADS}.ThreadPoolExecutor", _thread_executor)
    registry.register(f"{_PROCESSES}.ProcessPoolExecutor", _process_executor)
    registry.register("multiprocessing.pool.ThreadPool", _thread_pool)
    registry.register("multiprocessing.pool.Pool", _process_pool)
    registry.register("multiprocessing.context.BaseContext", _context)
    registry.register("rich.live._RefreshThread", _shown_by)
    registry.register("rich.progress._TrackThread", _shown_by)


def _wait_for(idle: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + _PATIENCE
    while not idle():
        if time.monotonic() > end:
            raise NotNow(f"{what} has work under way")
        time.sleep(0.001)


def _new(kind: Any) -> Any:
    return kind.__new__(kind)


def _others(obj: Any, made: set[str]) -> dict[str, Any]:
    return {name: value for name, value in obj.__dict__.items() if name not in made}


# What the constructors make, and workers share.
_OF_THREADS = {"_work_queue", "_idle_semaphore", "_threads", "_shutdown_lock"}


def _thread_executor(obj: Any, saver: Saver) -> Any:
    idle = obj._idle_semaphore
    _wait_for(
        lambda: obj._shutdown or (obj._work_queue.empty() and idle._value >= len(obj._threads)),
        "a ThreadPoolExecutor",
    )
    return _new, (type(obj),), _others(obj, _OF_THREADS), None, None, _fill_thread_executor


def _fill_thread_executor(obj: Any, state: dict[str, Any]) -> None:
    importlib.import_module(_THREADS).ThreadPoolExecutor.__init__(obj, 1)
    obj.__dict__.update(state)


_OF_PROCESSES = ("_max_workers", "_mp_context", "_initializer", "_initargs")


def _process_executor(obj: Any, saver: Saver) -> Any:
    _wait_for(lambda: not obj._pending_work_items, "a ProcessPoolExecutor")
    arguments = [getattr(obj, name) for name in _OF_PROCESSES]
    over = bool(obj._shutdown_thread)
    # The number of tasks for a child forbids forking, if there is one.
    tasks = getattr(obj, "_max_tasks_per_child", None)
    state = (arguments, tasks, over)
    return _new, (type(obj),), state, None, None, _fill_process_executor


def _fill_process_executor(obj: Any, state: tuple[list[Any], int | None, bool]) -> None:
    arguments, tasks, over = state
    make = importlib.import_module(_PROCESSES).ProcessPoolExecutor.__init__
    make(obj, *arguments, **({"max_tasks_per_child": tasks} if tasks else {}))
    obj._shutdown_thread = over


_OF_POOLS = ("_processes", "_initializer", "_initargs", "_maxtasksperchild")


def _thread_pool(obj: Any, saver: Saver) -> Any:
    return _new, (type(obj),), _pool_state(obj), None, None, _fill_thread_pool


def _fill_thread_pool(obj: Any, state: tuple[str, list[Any]]) -> None:
    kind, arguments = state
    if kind == "RUN":
        importlib.import_module("multiprocessing.pool").ThreadPool.__init__(obj, *arguments[:3])
    else:
        obj._state = kind


def _process_pool(obj: Any, saver: Saver) -> Any:
    return _new, (type(obj),), (*_pool_state(obj), obj._ctx), None, None, _fill_process_pool


def _pool_state(obj: Any) -> tuple[str, list[Any]]:
    if not hasattr(obj, "_cache"):  # one that was over when it was saved
        return obj._state, []
    _wait_for(lambda: not obj._cache, f"a {type(obj).__name__}")
    return obj._state, [getattr(obj, name) for name in _OF_POOLS]


def _fill_process_pool(obj: Any, state: tuple[str, list[Any], Any]) -> None:
    # Its processes are forks of this one, which has to be complete first: see `set_pools`.
    obj._state, obj._midrun = state[0], state[1:]


def read_pools() -> list[Any]:
    """The pools of processes that are running."""
    finalizers = list(sys.modules["multiprocessing.util"]._finalizer_registry.values())
    kind = sys.modules["multiprocessing.pool"].Pool
    owners = {id(owner): owner for f in finalizers if f._weakref and (owner := f._weakref())}
    return [owner for owner in owners.values() if type(owner) is kind and owner._state == "RUN"]


def set_pools(saved: list[Any]) -> None:
    """Start the processes of pools that came out of a savepoint, once."""
    for pool in (pool for pool in saved if "_midrun" in pool.__dict__):
        arguments, context = pool.__dict__.pop("_midrun")
        type(pool).__init__(pool, *arguments, context=context)


def _context(obj: Any, saver: Saver) -> Any:
    name = getattr(obj, "_name", None)
    return (_find_context, (name,)) if isinstance(name, str) else NotImplemented


def _find_context(name: str) -> Any:
    import multiprocessing

    return multiprocessing.get_context(name)


def _shown_by(obj: Any, saver: Saver) -> Any:
    """The threads of rich that draw a display again and again."""
    names = ("live", "refresh_per_second", "progress", "task_id", "update_period", "completed")
    state = {name: getattr(obj, name) for name in names if hasattr(obj, name)}
    return _new, (type(obj),), (state, obj.done.is_set()), None, None, _fill_shown_by


def _fill_shown_by(obj: Any, saved: tuple[dict[str, Any], bool]) -> None:
    state, done = saved
    arguments = [state[name] for name in state if name != "completed"]
    type(obj).__init__(obj, *arguments)
    obj.__dict__.update(state)
    if done:
        obj.done.set()


def read_displays() -> list[Any]:
    """The running threads of rich."""
    import threading

    kinds = ("_RefreshThread", "_TrackThread")
    return [
        t
        for t in threading.enumerate()
        if type(t).__name__ in kinds and type(t).__module__.startswith("rich.")
    ]


def set_displays(saved: list[Any]) -> None:
    """Start threads of rich that came out of a savepoint, once."""
    for thread in (thread for thread in saved if thread.ident is None):
        if hasattr(thread, "completed"):
            # It begins to count anew, and adds what there is first (rich/progress.py).
            thread.progress.tasks[thread.progress.task_ids.index(thread.task_id)].completed = 0
        thread.start()
