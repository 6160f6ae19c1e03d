"""Locks and other things of threads and contexts: made anew."""

from __future__ import annotations

import contextvars
import queue
import sys
import threading
import types
from collections.abc import Container
from typing import TYPE_CHECKING, Any

from midrun.state.dynamo import setting_variables
from midrun.state.session import Note

if TYPE_CHECKING:
    from midrun.state.pickling import Saver
    from midrun.state.registry import Registry


def add(registry: Registry) -> None:
    registry.register("_thread.lock", _lock)
    registry.register("_thread.RLock", _rlock)
    registry.register("_thread._local", _local)
    registry.register("_thread._localdummy", _local)
    registry.register("threading.Thread", _thread)
    registry.register("_contextvars.ContextVar", _context_variable)
    registry.register("_contextvars.Token", _token)
    registry.register("_contextvars.Context", _context)
    registry.register("_queue.SimpleQueue", _simple_queue)


def _lock(obj: Any, saver: Saver) -> Any:
    return _make_lock, (obj.locked(),)


def _make_lock(held: bool) -> Any:
    lock = threading.Lock()
    if held:
        lock.acquire()
    return lock


def _rlock(obj: Any, saver: Saver) -> Any:
    # repr is the only way to the count: <locked _thread.RLock object owner=... count=1 at ...>
    text = repr(obj)
    count = int(text.partition("count=")[2].split()[0])
    own = f"owner={threading.get_ident()} " in text
    return _make_rlock, (count if own else 0,)


def _make_rlock(count: int) -> Any:
    lock = threading.RLock()
    for _ in range(count):
        lock.acquire()
    return lock


def _local(obj: threading.local, saver: Saver) -> Any:
    return _make_local, (type(obj),), dict(obj.__dict__), None, None, _fill_local


def _make_local(kind: type[threading.local]) -> threading.local:
    return kind.__new__(kind)


def _fill_local(obj: threading.local, state: dict[str, Any]) -> None:
    obj.__dict__.update(state)


def _thread(obj: threading.Thread, saver: Saver) -> Any:
    if obj is threading.main_thread():
        return threading.main_thread, ()
    if obj.is_alive():
        return saver.give_up(obj, f"thread {obj.name!r} is running")
    return NotImplemented


# Libraries whose threads come back by themselves, or with the object that they work for.
_WITH_THEIR_OBJECTS = frozenset(
    {
        "IPython", "concurrent", "multiprocessing", "opentelemetry", "rich", "tensorboard",
        "tensorboardX", "torch", "tqdm", "wandb",
    }
)  # fmt: skip


def under_way(told: Container[int], files: Container[str]) -> list[Note]:
    """A note for each running thread that no note names yet: `told` are the ids of the objects that
    have one. A thread that `threading` does not know counts if it runs code of one of `files`."""
    why = "it runs on in this process, and will be missing after a resume; start it anew"
    known = {thread.ident: thread for thread in threading.enumerate()}
    found = []
    for ident, frame in sys._current_frames().items():
        thread = known.get(ident)
        if thread is None or isinstance(thread, threading._DummyThread):
            counts = _runs(frame, files)
        else:
            counts = thread is not threading.main_thread() and not _is_a_librarys(thread)
        if counts and id(thread) not in told:
            name = repr(thread.name) if thread is not None else "without a name"
            found.append(Note("missing", f"under way: thread {name}", why))
    return found


def _is_a_librarys(thread: threading.Thread) -> bool:
    target = getattr(thread, "_target", None)
    code = target if type(thread).run is threading.Thread.run else type(thread)
    return str(getattr(code, "__module__", "")).partition(".")[0] in _WITH_THEIR_OBJECTS


def _runs(frame: types.FrameType | None, files: Container[str]) -> bool:
    while frame is not None and frame.f_code.co_filename not in files:
        frame = frame.f_back
    return frame is not None


def _context_variable(obj: contextvars.ContextVar[Any], saver: Saver) -> Any:
    # In an empty context a variable has its default, if it has one.
    try:
        default: tuple[Any, ...] = (contextvars.Context().run(obj.get),)
    except LookupError:
        default = ()
    return _make_variable, (obj.name, *default)


def _make_variable(name: str, *default: Any) -> contextvars.ContextVar[Any]:
    if default:
        return contextvars.ContextVar(name, default=default[0])
    return contextvars.ContextVar(name)


def _token(obj: contextvars.Token[Any], saver: Saver) -> Any:
    missing = obj.old_value is contextvars.Token.MISSING
    return _make_token, (obj.var, *(() if missing else (obj.old_value,)))


def _make_token(variable: contextvars.ContextVar[Any], *before: Any) -> contextvars.Token[Any]:
    """A token that resets to the value before; the value of now is put back later, with the
    ambient state."""
    for value in before:
        variable.set(value)
    return variable.set(before[0] if before else None)  # which NumPy's must not be


DECIMAL = "decimal_context"  # Modules/_decimal/_decimal.c


def variables_in(context: contextvars.Context) -> list[tuple[contextvars.ContextVar[Any], Any]]:
    """The variables of a context with their values, those of libraries' C code aside."""
    settings = setting_variables()
    return [
        (variable, value)
        for variable, value in context.items()
        if variable.name != DECIMAL
        and type(value).__name__ != "PyCapsule"  # numpy's error state
        and id(variable) not in settings
    ]


def _context(obj: contextvars.Context, saver: Saver) -> Any:
    return contextvars.Context, (), variables_in(obj), None, None, _fill_context


def _fill_context(obj: contextvars.Context, saved: list[tuple[Any, Any]]) -> None:
    for variable, value in saved:
        obj.run(variable.set, value)


def _simple_queue(obj: Any, saver: Saver) -> Any:
    items = [obj.get() for _ in range(obj.qsize())]
    for item in items:
        obj.put(item)
    return _make_simple_queue, (items,)


def _make_simple_queue(items: list[Any]) -> Any:
    made: queue.SimpleQueue[Any] = queue.SimpleQueue()
    for item in items:
        made.put(item)
    return made
