"""Objects of Python's own that pickle does not take, or takes with a loss."""

from __future__ import annotations

import csv
import ctypes
import functools
import gc
import itertools
import types
import typing
import weakref
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from midrun.state.pickling import Saver
    from midrun.state.registry import Registry


def add(registry: Registry) -> None:
    registry.register("builtins.BaseException", _exception)
    registry.register("builtins.traceback", lambda obj, saver: (_nothing, ()))
    registry.register("weakref.ReferenceType", _reference)
    registry.register("weakref.WeakMethod", _weak_method)
    registry.register("weakref.finalize", _finalizer)
    registry.register("builtins.weakproxy", _proxy)
    registry.register("weakref.ProxyType", _proxy)
    registry.register("weakref.CallableProxyType", _proxy)
    registry.register("builtins.method", _method)
    registry.register("builtins.memoryview", _memoryview)
    registry.register("functools._lru_cache_wrapper", _cached)
    registry.register("builtins.object", _bare, exact=True)
    registry.register("builtins.mappingproxy", _mapping_proxy)
    registry.register("typing.NewType", _new_type)
    registry.register("random.SystemRandom", lambda obj, saver: (type(obj), ()))
    registry.register("_csv.reader", _csv_reader)
    registry.register("_csv.writer", _csv_writer)


def _nothing() -> None:
    return None


def _exception(obj: BaseException, saver: Saver) -> Any:
    # Exceptions are pickled as a call of their class with `args`, which fails for each class whose
    # __init__ has other parameters.
    state = {
        "args": obj.args,
        "__dict__": dict(obj.__dict__),
        "__cause__": obj.__cause__,
        "__context__": obj.__context__,
        "__suppress_context__": obj.__suppress_context__,
    }
    fields = {name: getattr(obj, name, None) for name in _fields(type(obj))}
    return _new_exception, (type(obj), *_first(obj)), (state, fields), None, None, _fill_exception


def _first(obj: BaseException) -> tuple[Any, ...]:
    """What `__new__` needs: the message and the exceptions of a group."""
    return (obj.message, obj.exceptions) if isinstance(obj, BaseExceptionGroup) else ()


def _fields(kind: type[BaseException]) -> list[str]:
    """The attributes of an exception that live outside its dict (`OSError.errno`)."""
    read_only = {"args", "message", "exceptions", "__dict__"}
    return [
        name
        for base in kind.__mro__
        if base.__module__ == "builtins" and base is not object
        for name, member in base.__dict__.items()
        if isinstance(member, types.MemberDescriptorType | types.GetSetDescriptorType)
        and not name.startswith("__")
        and name not in read_only
    ]


def _new_exception(kind: type[BaseException], *first: Any) -> BaseException:
    return kind.__new__(kind, *first)


def _fill_exception(obj: BaseException, state: tuple[dict[str, Any], dict[str, Any]]) -> None:
    known, fields = state
    obj.__dict__.update(known.pop("__dict__"))
    for name, value in (*known.items(), *fields.items()):
        if name not in fields or value is not None:
            setattr(obj, name, value)


def _reference(obj: weakref.ref[Any], saver: Saver) -> Any:
    if type(obj) is not weakref.ref:
        return _keyed_reference(obj, saver)
    return _make_reference, (obj(), obj.__callback__)


class _Gone:
    """A target that is no longer there."""

    def method(self) -> None:
        """One of its methods."""


def _dead_method() -> Any:
    return weakref.WeakMethod(_Gone().method)


def _make_reference(target: Any, callback: Any) -> Any:
    target = _Gone() if target is None else target
    return weakref.ref(target, callback) if callback else weakref.ref(target)


def _keyed_reference(obj: Any, saver: Saver) -> Any:
    if not hasattr(obj, "key"):
        return saver.give_up(obj, f"{type(obj).__name__} is a weak reference of its own kind")
    return _make_keyed_reference, (type(obj), obj(), obj.__callback__, obj.key)


def _make_keyed_reference(kind: Any, target: Any, callback: Any, key: Any) -> Any:
    return kind(_Gone() if target is None else target, callback, key)


def _weak_method(obj: weakref.WeakMethod[Any], saver: Saver) -> Any:
    method = obj()
    if method is None:
        return _dead_method, ()
    return weakref.WeakMethod, (method,)


def _finalizer(obj: weakref.finalize[Any, Any], saver: Saver) -> Any:
    alive = obj.peek()
    if alive is None:
        return _dead_finalizer, ()
    target, function, args, kwargs = alive
    return _make_finalizer, (target, function, args, kwargs, obj.atexit)


def _make_finalizer(target: Any, function: Any, args: Any, kwargs: Any, atexit: bool) -> Any:
    finalizer = weakref.finalize(target, function, *args, **kwargs)
    finalizer.atexit = atexit
    return finalizer


def _dead_finalizer() -> Any:
    finalizer = weakref.finalize(_nothing, _nothing)
    finalizer.detach()
    return finalizer


def _proxy(obj: Any, saver: Saver) -> Any:
    try:
        target = obj.__repr__.__self__  # a method found through a proxy is bound to the object
    except ReferenceError:
        target = None
    return _make_proxy, (target,)


def _make_proxy(target: Any) -> Any:
    return weakref.proxy(_Gone() if target is None else target)


def _method(obj: types.MethodType, saver: Saver) -> Any:
    return types.MethodType, (obj.__func__, obj.__self__)


def _memoryview(obj: memoryview, saver: Saver) -> Any:
    if not obj.c_contiguous:
        return NotImplemented
    if obj.readonly:
        return _cast, (bytes(obj), 0, obj.nbytes, obj.format, obj.shape)
    start = _address(obj) - _address(memoryview(obj.obj))
    return _cast, (obj.obj, start, start + obj.nbytes, obj.format, obj.shape)


def _address(view: memoryview) -> int:
    return ctypes.addressof(ctypes.c_char.from_buffer(view.cast("B")))


def _cast(base: Any, start: int, stop: int, format: str, shape: Any) -> memoryview:
    view = memoryview(base).cast("B")[start:stop]
    return view if format == "B" else view.cast(format, shape)  # type: ignore[call-overload]


def _cached(obj: Any, saver: Saver) -> Any:
    if saver.reference(obj) is not None:
        return saver.reference(obj)
    if obj.cache_info().currsize:
        name = getattr(obj, "__qualname__", "a function")
        saver.note("changed", f"the cache of {name}()", "it comes back empty and fills again")
    parameters = obj.cache_parameters()
    state = {k: v for k, v in obj.__dict__.items() if k not in ("cache_parameters", "__wrapped__")}
    return _make_cached, (obj.__wrapped__, parameters["maxsize"], parameters["typed"], state)


def _make_cached(function: Any, maxsize: int | None, typed: bool, state: dict[str, Any]) -> Any:
    cached = functools.lru_cache(maxsize, typed)(function)
    cached.__dict__.update(state)
    return cached


def _bare(obj: object, saver: Saver) -> Any:
    return object, ()


def _mapping_proxy(obj: Any, saver: Saver) -> Any:
    (mapping,) = gc.get_referents(obj)
    if isinstance(mapping, dict) and "__module__" in mapping and "__dict__" in mapping:
        owner = next((k for k in gc.get_referrers(mapping) if _owns(k, mapping)), None)
        if owner is not None:
            return vars, (owner,)
    return types.MappingProxyType, (mapping,)


def _owns(kind: Any, namespace: Any) -> bool:
    return isinstance(kind, type) and gc.get_referents(kind.__dict__)[0] is namespace


def _new_type(obj: typing.NewType, saver: Saver) -> Any:
    return typing.NewType, (obj.__name__, obj.__supertype__), dict(vars(obj))


def _csv_reader(obj: Any, saver: Saver) -> Any:
    source = next(o for o in gc.get_referents(obj) if hasattr(type(o), "__next__"))
    source = source.source if isinstance(source, _Lines) else source
    return _make_csv_reader, (source, _dialect(obj.dialect), obj.line_num)


def _csv_writer(obj: Any, saver: Saver) -> Any:
    write = next(o for o in gc.get_referents(obj) if callable(o) and not isinstance(o, type))
    return _make_csv_writer, (write.__self__, _dialect(obj.dialect))


def _dialect(dialect: Any) -> dict[str, Any]:
    names = ("delimiter", "doublequote", "escapechar", "lineterminator", "quotechar", "quoting")
    return {name: getattr(dialect, name) for name in (*names, "skipinitialspace", "strict")}


class _Lines(itertools.chain[str]):
    """Empty lines, and then those of `source`."""

    source: Any


def _make_csv_reader(source: Any, dialect: dict[str, Any], read: int = 0) -> Any:
    """A reader that has read so many lines: its count can't be set, so it reads as many others."""
    lines = _Lines(itertools.repeat("\n", read), () if getattr(source, "closed", False) else source)
    lines.source = source
    reader = csv.reader(lines, **dialect)
    for _ in range(read):
        next(reader)
    return reader


def _make_csv_writer(file: Any, dialect: dict[str, Any]) -> Any:
    return csv.writer(file, **dialect)
