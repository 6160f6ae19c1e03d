"""The pickle of a program's state.

cloudpickle's pickler, with three things added: objects that belong to libraries go by reference,
the program's own functions go by their place in the source, and an object that can't be pickled
becomes a `Missing` that fails, with its own name, when it is used. Memory (of tensors and arrays)
leaves the stream as blobs.
"""

from __future__ import annotations

import argparse
import builtins
import contextlib
import copyreg
import io
import pickle
import sys
import types
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, cast

import cloudpickle

from midrun.errors import MidrunError
from midrun.source.book import Book
from midrun.source.positions import Unknown
from midrun.state import rebuild
from midrun.state.frames import FrameState, capture_generator
from midrun.state.functions import reduce_cell, reduce_class, reduce_function
from midrun.state.instances import is_raw, reduce_raw
from midrun.state.registry import Reduce, Registry
from midrun.state.revive import Reviver


class Blobs(Protocol):
    """Where memory goes while a state is saved."""

    def put(self, data: memoryview) -> str: ...


class BlobSource(Protocol):
    """Where memory comes from while a state is loaded."""

    def blob(self, key: str) -> memoryview: ...


class NotNow(Exception):
    """The state can't be saved at this moment, though it can at another; the text says why."""


@dataclass(frozen=True)
class Note:
    """Something in a savepoint that is not as it was: `kind` is "missing" (can't be saved),
    "rebuilt" or "changed"; `what` names the object, `why` says the rest."""

    kind: str
    what: str
    why: str


class Missing:
    """Stands for an object that could not be saved; raises on first use."""

    def __init__(self, what: str, why: str) -> None:
        object.__setattr__(self, "_midrun", (what, why))

    def __reduce__(self) -> tuple[Any, ...]:
        return Missing, object.__getattribute__(self, "_midrun")

    def __repr__(self) -> str:
        return f"<{object.__getattribute__(self, '_midrun')[0]}: not in the savepoint>"


def _missing_use(self: Missing, *args: Any, **kwargs: Any) -> Any:
    what, why = object.__getattribute__(self, "_midrun")
    raise MidrunError(
        f"{what} could not be saved ({why}), so it is missing after the resume; make it anew "
        "in the code that goes on, or resume from a savepoint before it was made",
        slug="missing-object",
    )


_USES = """
    call getattribute setattr delattr iter next len bool getitem setitem delitem contains enter exit
    eq lt gt le ge add sub mul truediv int float str index
"""
for _name in _USES.split():
    setattr(Missing, f"__{_name}__", _missing_use)


class LibraryObjects:
    """Finds objects that are globals of libraries: they belong to the library, whose own state is
    not saved, and so they go by reference (`random._inst`, `torch.float32`, `os.environ`).

    Kept from one save to the next, since going through all modules takes time.
    """

    def __init__(self) -> None:
        self._names: dict[int, tuple[str, str]] = {}
        self._done: set[int] = set()

    def update(self, own: frozenset[str]) -> None:
        """Take in modules that were imported since the last time."""
        belong = {id(sys.modules[name]) for name in own if name in sys.modules}
        for name, module in list(sys.modules.items()):
            if id(module) in self._done:
                continue
            self._done.add(id(module))
            if type(module) is not types.ModuleType or id(module) in belong:
                continue
            if name.partition(".")[0] == "midrun":
                continue
            for attribute, value in list(module.__dict__.items()):
                if type(value) not in _PLAIN:
                    self._names.setdefault(id(value), (name, attribute))
        for stream in ("__stdin__", "__stdout__", "__stderr__"):
            self._names[id(getattr(sys, stream))] = ("sys", stream)

    def find(self, obj: Any) -> Any:
        """The reduce value of such an object, else None."""
        found = self._names.get(id(obj))
        if found is None or type(obj).__name__ == "device":
            return None  # torch keeps the current device in a global that is bound anew
        module, name = found
        if getattr(sys.modules.get(module), name, None) is not obj:
            return None
        return _import_attribute, found


_PLAIN = frozenset(
    {
        int, float, str, bool, bytes, type(None), list, dict, tuple, set, frozenset, type,
        types.FunctionType, types.ModuleType, types.BuiltinFunctionType,
    }
)  # fmt: skip


@dataclass
class Session:
    """What one save works with: `own` are the names of the modules whose functions and classes are
    the program's own, `running` the states of generators that are on the stack, by their frame,
    `dead` the ids of objects that no code will read again."""

    book: Book
    registry: Registry
    own: frozenset[str]
    blobs: Blobs
    library: LibraryObjects
    dead: frozenset[int] = frozenset()
    running: dict[types.FrameType, FrameState] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    missing: list[tuple[Any, str]] = field(default_factory=list)


class Saver(cloudpickle.Pickler):  # type: ignore[misc]
    """Pickles a state. Adapters get it as their second argument."""

    def __init__(self, file: io.BytesIO, session: Session) -> None:
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
        adapter = self.session.registry.find(kind)
        if adapter is not None:
            return lambda obj, saver: self._adapted(adapter, obj)
        special = _BY_KIND.get(kind)
        if special is not None:
            return special
        if is_raw(kind, self.session.own):
            return reduce_raw
        plain = (
            kind.__module__ in self.session.own
            and kind.__reduce_ex__ is object.__reduce_ex__
            and kind.__reduce__ is object.__reduce__
            and kind not in copyreg.dispatch_table
        )
        if plain and self._reducible(obj):
            return None  # the pickler's own way in C is the fastest
        return _reduce_any

    def _adapted(self, adapter: Reduce, obj: Any) -> Any:
        reference = self.session.library.find(obj)
        if reference is not None:
            return reference
        result = adapter(obj, self)
        return _reduce_any(obj, self) if result is NotImplemented else result

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


def _import_attribute(module: str, name: str) -> Any:
    __import__(module)
    return getattr(sys.modules[module], name)


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
    except (NotNow, MemoryError):
        raise
    except Exception as error:
        return saver.give_up(obj, " ".join(str(error).split()) or type(error).__name__)
    return result


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
    if sys.modules.get(obj.__name__) is not obj:
        return saver.by_default(obj)
    if obj.__name__ in saver.session.own:
        return _own_module, (obj.__name__,)
    return _import_module, (obj.__name__,)


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


_BY_KIND: dict[type, Reduce] = {
    types.ModuleType: _reduce_module,
    types.CellType: reduce_cell,
    types.GeneratorType: _reduce_generator,
    types.FunctionType: reduce_function,
    Missing: lambda obj, saver: Missing.__reduce__(obj),
}


class Known:
    """Containers that a state refers to and does not hold, by number: the namespaces of modules
    and containers of Python's own. Both sides make the same list."""

    def __init__(self, own: list[str]) -> None:
        self.containers: list[Any] = [builtins.__dict__, sys.modules, sys.path, sys.argv]
        # argparse compares this string by identity.
        self.containers.append(argparse.SUPPRESS)
        self.containers += [sys.modules[name].__dict__ for name in own]

    def prefix(self) -> bytes:
        """A pickle that puts them into the memo of the unpickler, as its first entries."""
        puts = b"".join(b"cmidrun\nknown%d\n\x940" % k for k in range(len(self.containers)))
        return b"\x80\x05" + puts + b"N."

    def memo(self) -> dict[int, tuple[int, Any]]:
        return {id(one): (index, one) for index, one in enumerate(self.containers)}


def save(root: Any, session: Session, own: list[str]) -> bytes:
    """`root` as bytes; `own` are the names of the program's own modules, whose namespaces are
    referred to (put their contents into `root`).

    Raises NotNow if an object can't be saved just now.
    """
    file = io.BytesIO()
    known = Known(own)
    file.write(known.prefix())
    saver = Saver(file, session)
    saver.memo = known.memo()
    with warnings.catch_warnings(), _by_value(own):
        warnings.simplefilter("ignore")
        try:
            saver.dump(root)
        except RecursionError as error:
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


class Loader(pickle.Unpickler):
    """Loads a state; the functions of `rebuild` are its methods."""

    def __init__(self, data: bytes, own: list[str], blobs: BlobSource, reviver: Reviver) -> None:
        super().__init__(io.BytesIO(data))
        self.blobs = blobs
        self.reports: list[Note] = []
        self._reviver = reviver
        self._known = Known(own)
        self._waiting: list[types.GeneratorType[Any, Any, Any]] = []

    def load_state(self) -> Any:
        """What was saved."""
        super().load()
        root = super().load()
        for generator in self._waiting:
            self._reviver.wait(generator)
        # The memo holds every object that was loaded, and, through the methods that find_class
        # gave, this loader itself.
        self.memo = {}
        return root

    def find_class(self, module: str, name: str) -> Any:
        if module == "midrun" and name.startswith("known"):
            return self._known.containers[int(name.removeprefix("known"))]
        if module == rebuild.__name__:
            return getattr(self, f"_{name}")
        return super().find_class(module, name)

    def _function(
        self,
        code: types.CodeType,
        namespace: dict[str, Any],
        name: str,
        names: tuple[str, ...],
        *contents: types.CellType,
    ) -> types.FunctionType:
        cells = dict(zip(names, contents, strict=True))
        closure = tuple(cells.get(variable) or types.CellType() for variable in code.co_freevars)
        return types.FunctionType(code, namespace, name, None, closure)

    def _source_code(self, file: str, key: tuple[str, int]) -> types.CodeType:
        return self._reviver.code(file, key)

    def _generator(
        self, plan: FrameState, names: tuple[str, ...], *cells: types.CellType
    ) -> types.GeneratorType[Any, Any, Any]:
        state = replace(plan, cells=dict(zip(names, cells, strict=True)))
        return self._reviver.generator(state)

    def _fill_generator(self, generator: Any, values: dict[str, Any]) -> None:
        if self._reviver.fill(generator, values).waits:
            self._waiting.append(generator)

    def _memory(self, key: str) -> memoryview:
        return self.blobs.blob(key)

    def _open_file(self, kind: str, mode: str, described: dict[str, Any]) -> Any:
        from midrun.state.adapters.files import open_again  # adapters know of this module

        file, report = open_again(kind, mode, described)
        if report:
            self._report(described["path"], report)
        return file

    def _report(self, what: str, why: str) -> None:
        self.reports.append(Note("changed", what, why))
