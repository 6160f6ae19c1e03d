"""What processes talk through: multiprocessing's locks, queues and pipes, and sockets.

Locks, and queues that are empty while no child process runs that could hold their other end, are
made anew. Nobody can tell what is on its way in the others.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from midrun.state.pickling import Saver
    from midrun.state.registry import Registry


def add(registry: Registry) -> None:
    registry.register("multiprocessing.synchronize.SemLock", _semaphore)
    registry.register("multiprocessing.synchronize.Condition", _condition)
    registry.register("multiprocessing.synchronize.Event", _event)
    registry.register("multiprocessing.queues.Queue", _queue)
    registry.register("multiprocessing.queues.SimpleQueue", _queue)
    registry.register("multiprocessing.connection._ConnectionBase", _connection)
    registry.register("socket.socket", _socket)


def _multiprocessing() -> Any:
    return importlib.import_module("multiprocessing")


def _semaphore(obj: Any, saver: Saver) -> Any:
    """A new one of the kind, that counts as much; a lock is held if it is this thread's."""
    kind, lock = type(obj).__name__, obj._semlock
    is_counter = "Semaphore" in kind
    count = lock._get_value() if is_counter else lock._count() if lock._is_mine() else 0
    return _make_semaphore, (kind, count, lock.maxvalue if kind == "BoundedSemaphore" else None)


def _make_semaphore(kind: str, count: int, most: int | None) -> Any:
    make = getattr(_multiprocessing(), kind)
    if "Semaphore" not in kind:
        lock = make()
        for _ in range(count):
            lock.acquire()
        return lock
    made = make(count if most is None else most)
    for _ in range(0 if most is None else most - count):
        made.acquire()
    return made


_OF_LOCK = ("acquire", "release")  # methods of its lock that a condition has as its own


def _condition(obj: Any, saver: Saver) -> Any:
    state = {name: value for name, value in vars(obj).items() if name not in _OF_LOCK}
    return _new, (type(obj),), state, None, None, _fill_condition


def _new(kind: Any) -> Any:
    return kind.__new__(kind)


def _fill_condition(obj: Any, state: dict[str, Any]) -> None:
    vars(obj).update(state)
    obj._make_methods()


def _event(obj: Any, saver: Saver) -> Any:
    return _new, (type(obj),), dict(vars(obj))


def _queue(obj: Any, saver: Saver) -> Any:
    unfinished = getattr(obj, "_unfinished_tasks", None)
    waits = unfinished is not None and not unfinished._semlock._is_zero()
    if getattr(obj, "_closed", False) or obj._reader.closed:
        return saver.give_up(obj, "it is closed")
    if _multiprocessing().active_children():
        return saver.give_up(obj, "child processes are running that may use it; make a new one")
    if not obj.empty() or getattr(obj, "_buffer", None) or waits:
        return saver.give_up(obj, "it is not empty; a savepoint after its last get() can have it")
    most = (obj._maxsize,) if hasattr(obj, "_maxsize") else ()
    method = "fork" if getattr(obj._rlock, "_is_fork_ctx", True) else "spawn"
    return _make_queue, (type(obj), method, *most)


def _make_queue(kind: Any, method: str, *most: int) -> Any:
    return kind(*most, ctx=_multiprocessing().get_context(method))


def _connection(obj: Any, saver: Saver) -> Any:
    if obj.closed:
        return _make_closed, (type(obj),)
    return saver.give_up(obj, "nobody knows what is in it; make a new Pipe()")


def _make_closed(kind: Any) -> Any:
    connection = _new(kind)
    connection._handle, connection._readable, connection._writable = None, True, True
    return connection


def _socket(obj: Any, saver: Saver) -> Any:
    return saver.give_up(obj, "connections can't be saved; connect anew")
