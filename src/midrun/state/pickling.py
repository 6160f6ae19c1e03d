"""The pickle of a program's state.

cloudpickle's pickler, with three things added: objects that belong to libraries go by reference,
the program's own functions go by their place in the source, and an object that can't be pickled
becomes a `Missing` that fails, with its own name, when it is used. Memory (of tensors and arrays)
leaves the stream as blobs.
"""

from __future__ import annotations

import contextlib
import copyreg
import enum
import gc
import inspect
import io
import pickle
import sys
import types
import warnings
from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterator
from dataclasses import replace
from itertools import compress, repeat
from typing import Any, cast

import cloudpickle

from midrun.source.positions import Unknown
from midrun.state import rebuild
from midrun.state.frames import capture_generator
from midrun.state.functions import reduce_cell, reduce_class, reduce_function
from midrun.state.instances import (
    drops_state,
    fill_raw,
    has_reduce,
    is_raw,
    may_share,
    reduce_raw,
    reduce_sharing,
    reduce_whole,
)
from midrun.state.known import Known
from midrun.state.missing import Missing
from midrun.state.registry import Reduce
from midrun.state.session import Note, NotNow, Session
from midrun.state.sets import plans


class Saver(cloudpickle.Pickler):  # type: ignore[misc]
    """Pickles a state. Adapters get it as their second argument."""

    def __init__(self, file: io.BytesIO, session: Session) -> None:
        # cloudpickle's is a ChainMap, which doubles the time that a small object takes.
        self.dispatch_table = dict(cloudpickle.Pickler.dispatch_table)
        super().__init__(file, protocol=5)
        self.session = session
        self.memory: dict[int, Any] = {}  # for adapters: what they made for an address
        self._kinds: dict[type, Reduce | None] = {}
        session.library.update(session.own)

    def reducer_override(self, obj: Any) -> Any:
        kind = type(obj)
        try:
            reduce = self._kinds[kind]
        except KeyError:
            reduce = self._kinds[kind] = self._choose(kind, obj)
        return NotImplemented if reduce is None else reduce(obj, self)

    def _choose(self, kind: type, obj: Any) -> Reduce | None:
        if issubclass(kind, type):
            return reduce_class
        special = _reduce_module if issubclass(kind, types.ModuleType) else _BY_KIND.get(kind)
        adapter = self.session.registry.find(kind)
        if adapter is None and special is not None:
            return special
        if adapter is None and kind in _IN_C:
            return _reduce_in_c
        reduce = special or self._choose_for_instances(kind, obj)
        for first in (reduce_sharing if may_share(kind) else None, adapter):
            reduce = reduce if first is None else self._adapted(first, reduce or _reduce_any)
        return reduce

    def _choose_for_instances(self, kind: type, obj: Any) -> Reduce | None:
        is_member = isinstance(kind, enum.EnumMeta) and kind.__module__ in self.session.own
        if is_member or is_raw(kind, self.session.own):
            return reduce_raw
        if drops_state(kind, obj):
            return self._adapted(reduce_whole, _reduce_any)
        plain = kind.__module__ in self.session.own and not has_reduce(kind)
        if plain and self._reducible(obj):
            return None  # the pickler's own way in C is the fastest
        return _reduce_any

    def can_take(self, obj: Any) -> bool:
        """Whether an object can be saved, what is in it aside."""
        kind = type(obj)
        return (
            kind in _BY_KIND
            or issubclass(kind, type)
            or is_raw(kind, self.session.own)
            or self.session.registry.find(kind) is not None
            or self.reference(obj) is not None
            or self._reducible(obj)
        )

    def _adapted(self, adapter: Reduce, other: Reduce) -> Reduce:
        """`adapter`, and `other` for what it leaves alone."""

        def reduce(obj: Any, saver: Saver) -> Any:
            reference = self.session.library.find(obj)
            if reference is not None:
                return reference
            result = adapter(obj, saver)
            return other(obj, saver) if result is NotImplemented else result

        return reduce

    def _reducible(self, obj: Any) -> bool:
        try:
            obj.__reduce_ex__(5)
        except Exception:
            return False
        return True

    def by_default(self, obj: Any) -> Any:
        """What cloudpickle and then pickle would do with `obj`, as a reduce value."""
        result = super().reducer_override(obj)
        if result is not NotImplemented or isinstance(obj, type | types.FunctionType):
            return result
        reduce = self.dispatch_table.get(type(obj))
        return reduce(obj) if reduce else obj.__reduce_ex__(5)

    def reference(self, obj: Any) -> Any:
        """The reduce value of an object that is a global of a library, else None."""
        return self.session.library.find(obj)

    def note(self, kind: str, what: str, why: str) -> None:
        self.session.notes.append(Note(kind, what, why))

    def give_up(self, obj: Any, why: str) -> Any:
        """The reduce value for an object that can't be saved."""
        what = f"{type(obj).__module__}.{type(obj).__qualname__} object"
        self.session.missing.append((obj, why))
        return Missing, (what, why)


def _import_module(name: str) -> types.ModuleType:
    __import__(name)
    return sys.modules[name]


def _own_module(name: str) -> types.ModuleType:
    return sys.modules[name]


def _reduce_any(obj: Any, saver: Saver) -> Any:
    reference = saver.reference(obj)
    if reference is not None:
        return reference
    try:
        result = saver.by_default(obj)
        if isinstance(result, str):
            _check_global(obj, result, saver)
        else:
            result = _without_new(obj, _without_getattr(obj, result))
    except (NotNow, MemoryError):
        raise
    except Exception as error:
        return saver.give_up(obj, " ".join(str(error).split()) or type(error).__name__)
    return result


def _reduce_in_c(obj: Any, saver: Saver) -> Any:
    """For what the pickler itself can always take apart, and does so faster."""
    return saver.reference(obj) or NotImplemented


def _without_getattr(obj: Any, result: tuple[Any, ...]) -> tuple[Any, ...]:
    """Let the state be put back without looking for `__setstate__` on the instance: a class that
    passes attributes on to an object it wraps has none to ask yet (tqdm's ObjectWrapper)."""
    kind = type(obj)
    if not hasattr(kind, "__getattr__") or hasattr(kind, "__setstate__"):
        return result
    if len(result) < 3 or result[2] is None or len(result) > 5:
        return result
    return (*result, *(None,) * (5 - len(result)), fill_plainly)


def _without_new(obj: Any, result: tuple[Any, ...]) -> tuple[Any, ...]:
    """Let the instance be made without a `__new__` that wants arguments which nobody keeps."""
    kind = type(obj)
    if result[0] is not copyreg.__newobj__ or not isinstance(kind.__new__, types.FunctionType):  # type: ignore[attr-defined]
        return result
    try:
        inspect.signature(kind.__new__).bind(*result[1])
    except TypeError:
        return make_plainly, *result[1:]
    return result


def make_plainly(kind: type) -> Any:
    """An instance of a class, made by the `__new__` of C that it inherits."""
    bases: list[Any] = [*kind.__mro__]
    return next(b for b in bases if isinstance(b.__new__, types.BuiltinFunctionType)).__new__(kind)


def fill_plainly(obj: Any, state: Any) -> None:
    """Give an instance the state that `object.__reduce_ex__` gave: a dict, and one of slots."""
    attributes, slots = state if isinstance(state, tuple) else (state, None)
    fill_raw(obj, (attributes or {}, slots or {}, None))


def _check_global(obj: Any, name: str, saver: Saver) -> None:
    module = sys.modules[getattr(obj, "__module__", None) or "__main__"]
    if module.__name__ in saver.session.own:
        raise pickle.PicklingError(f"it is known only as {module.__name__}.{name}")
    found: Any = module
    for part in name.split("."):
        found = getattr(found, part)
    if found is not obj:
        raise pickle.PicklingError(f"{module.__name__}.{name} is another object")


def _reduce_module(obj: types.ModuleType, saver: Saver) -> Any:
    name = object.__getattribute__(obj, "__name__")  # does not load a lazy one
    if sys.modules.get(name) is not obj:
        return saver.by_default(obj)
    return (_own_module if name in saver.session.own else _import_module), (name,)


def _reduce_generator(obj: types.GeneratorType[Any, Any, Any], saver: Saver) -> Any:
    frame = obj.gi_frame
    if frame is None:
        return _finished_generator, (obj.__name__, obj.__qualname__)
    state = saver.session.running.get(frame)
    if state is None:
        try:
            state = capture_generator(obj, saver.session.book)
        except Unknown as why:
            return saver.give_up(obj, str(why))
    # The cells are arguments of their own: they may lead back to the generator, and then it is made
    # with them while they are still empty (pickle keeps only one of the two that it would make).
    plan = replace(state, values={}, cells={})
    arguments = (plan, tuple(state.cells), *state.cells.values())
    return rebuild.generator, arguments, state.values, None, None, rebuild.fill_generator


def _finished_generator(name: str, qualname: str) -> types.GeneratorType[Any, Any, Any]:
    none: tuple[Any, ...] = ()
    generator: Any = (item for item in none)
    generator.__name__, generator.__qualname__ = name, qualname
    generator.close()
    return cast("types.GeneratorType[Any, Any, Any]", generator)


# A module of torch holds ten of these.
_IN_C = frozenset({OrderedDict, defaultdict, deque})
_BY_KIND: dict[type, Reduce] = {
    types.ModuleType: _reduce_module,
    types.CellType: reduce_cell,
    types.GeneratorType: _reduce_generator,
    types.FunctionType: reduce_function,
    Missing: lambda obj, saver: Missing.__reduce__(obj),
}


def save(root: Any, session: Session, own: list[str]) -> bytes:
    """`root` as bytes; `own` are the names of the program's own modules, whose namespaces are
    referred to (put their contents into `root`).

    Raises NotNow if an object can't be saved just now.
    """
    file = io.BytesIO()
    literals = {text for source in session.book.own.values() for text in source.literals}
    known = Known(own, sorted(literals))
    file.write(known.prefix())
    saver = Saver(file, session)
    saver.memo = known.memo()
    with warnings.catch_warnings(), _by_value(own):
        warnings.simplefilter("ignore")
        try:
            saver.dump(root)
            # The pickler asks nobody about sets, so they are sought afterwards, if there are any.
            if pickle.EMPTY_SET + pickle.MEMOIZE + pickle.MARK in file.getvalue():
                # A copy of the memo would take twice as long as the pickle.
                memo = gc.get_referents(saver)
                saver.dump(plans(compress(memo, map(isinstance, memo, repeat(set)))))
        except (RecursionError, pickle.PicklingError) as error:
            if not isinstance(error.__cause__ or error, RecursionError):
                raise
            raise NotNow("objects are nested too deep to be pickled") from error
    return file.getvalue()


@contextlib.contextmanager
def _by_value(own: list[str]) -> Iterator[None]:
    """Let cloudpickle treat the program's own modules like `__main__`."""
    added = []
    for name in own:
        if name != "__main__" and name not in cloudpickle.list_registry_pickle_by_value():
            cloudpickle.register_pickle_by_value(sys.modules[name])
            added.append(name)
    try:
        yield
    finally:
        for name in added:
            cloudpickle.unregister_pickle_by_value(sys.modules[name])
