"""asyncio's event loops: one that is idle or closed is made anew, with its settings and callbacks.

What coroutines have under way can't be saved: while one of them runs, the savepoint is put off, and
a loop in which some wait is missing after the resume.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from midrun.state.pickling import Saver
    from midrun.state.registry import Registry

# What a loop makes for itself (asyncio/base_events.py, selector_events.py, unix_events.py).
_OF_PROCESS = {
    "_asyncgens",
    "_clock_resolution",
    "_csock",
    "_current_handle",
    "_internal_fds",
    "_selector",
    "_signal_handlers",
    "_ssock",
    "_thread_id",
    "_transports",
}


def add(registry: Registry) -> None:
    registry.register("asyncio.unix_events._UnixSelectorEventLoop", _loop)
    registry.register("_asyncio.Future", _future)
    registry.register("asyncio.futures.Future", _future)


def _loop(obj: Any, saver: Saver) -> Any:
    under_way = _under_way(obj)
    if under_way:
        return saver.give_up(obj, f"{under_way}; make a new loop")
    settings = {name: value for name, value in vars(obj).items() if name not in _OF_PROCESS}
    signals = {n: (h._callback, h._args) for n, h in obj._signal_handlers.items()}
    state = (type(obj._selector), settings, signals)
    return _new, (type(obj),), state, None, None, _fill_loop


def _under_way(loop: Any) -> str:
    """What goes on in a loop, in words."""
    asyncio = sys.modules["asyncio"]
    if loop.is_running():
        return "it is running in another thread"
    if loop.is_closed():
        return ""
    if asyncio.all_tasks(loop):
        return "coroutines wait in it, which can't be saved"
    if len(loop._selector.get_map()) > loop._internal_fds:
        return "it listens to connections, which can't be saved"
    return ""


def _new(kind: Any) -> Any:
    return kind.__new__(kind)


def _fill_loop(obj: Any, state: tuple[Any, dict[str, Any], dict[int, Any]]) -> None:
    from asyncio.unix_events import SelectorEventLoop

    selector, settings, signals = state
    closed = settings["_closed"]
    SelectorEventLoop.__init__(obj, None if closed else selector())
    if closed:
        SelectorEventLoop.close(obj)
    vars(obj).update(settings)
    for number, (callback, arguments) in signals.items():
        obj.add_signal_handler(number, callback, *arguments)


def _future(obj: Any, saver: Saver) -> Any:
    """One that is done; a task (a kind of future) holds its coroutine even then."""
    asyncio = sys.modules["asyncio"]
    if isinstance(obj, asyncio.Task):
        return saver.give_up(obj, "coroutines can't be saved; keep the task's result()")
    if not obj.done():
        return saver.give_up(obj, "it has no result yet; a new one can be awaited")
    loop = obj.get_loop()
    if obj.cancelled():
        return _new, (type(obj),), (loop, "cancel", ()), None, None, _fill_future
    error = obj._exception
    outcome = ("set_exception", (error,)) if error is not None else ("set_result", (obj.result(),))
    return _new, (type(obj),), (loop, *outcome), None, None, _fill_future


def _fill_future(obj: Any, state: tuple[Any, str, tuple[Any, ...]]) -> None:
    loop, how, arguments = state
    obj.__init__(loop=loop)
    getattr(obj, how)(*arguments)


def read_policy() -> Any:
    """asyncio's policy, which knows the current loop; None as long as nobody has asked for it."""
    return sys.modules["asyncio.events"]._event_loop_policy


def set_policy(saved: Any) -> None:
    """Put the policy back."""
    if saved is not None:
        sys.modules["asyncio.events"].set_event_loop_policy(saved)
