"""How functions, classes and their cells are saved.

A function of the program's own goes as its place in the source, so that edited code takes effect;
its cells, defaults and attributes go as they are. Classes go by value, since programs change them
at run time; the functions in them go as said.
"""

from __future__ import annotations

import abc
import contextlib
import importlib
import sys
import types
from typing import TYPE_CHECKING, Any

from midrun.source.positions import Unknown
from midrun.state import rebuild

if TYPE_CHECKING:
    from midrun.state.pickling import Saver

_ATTRIBUTES = (
    "__defaults__",
    "__kwdefaults__",
    "__annotations__",
    "__doc__",
    "__module__",
    "__qualname__",
)


def reduce_function(obj: types.FunctionType, saver: Saver) -> Any:
    """The reduce value of a function."""
    module = obj.__module__
    own = module in saver.session.own or obj.__globals__.get("__name__") in saver.session.own
    if not own and _is_global(obj):
        return saver.by_default(obj)
    state = {name: getattr(obj, name) for name in _ATTRIBUTES}
    state["__dict__"] = dict(obj.__dict__)
    code, namespace = _code(obj.__code__, saver), _namespace(obj, saver)
    arguments = (code, namespace, obj.__name__, obj.__code__.co_freevars, *(obj.__closure__ or ()))
    return rebuild.function, arguments, state, None, None, fill_function


def fill_function(function: types.FunctionType, state: dict[str, Any]) -> None:
    """Give a function the attributes of the one that was saved."""
    function.__dict__.update(state["__dict__"])
    for name in _ATTRIBUTES:
        setattr(function, name, state[name])


def _is_global(obj: types.FunctionType) -> bool:
    found: Any = sys.modules.get(obj.__module__)
    for name in obj.__qualname__.split("."):
        found = getattr(found, name, None)
    return found is obj


class SourceCode:
    """Stands, in a pickle, for the code of a function of the program's own."""

    def __init__(self, file: str, key: tuple[str, int]) -> None:
        self.file, self.key = file, key

    def __reduce__(self) -> Any:
        return rebuild.source_code, (self.file, self.key)


class LibraryGlobals:
    """Stands, in a pickle, for the globals of a library's module."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __reduce__(self) -> Any:
        return library_globals, (self.name,)


def library_globals(name: str) -> dict[str, Any]:
    """The globals of module `name`, imported if need be."""
    __import__(name)
    return sys.modules[name].__dict__


def _code(code: types.CodeType, saver: Saver) -> Any:
    book = saver.session.book
    if code.co_filename in book.own:
        try:
            source, function = book.find(code)
        except Unknown:
            return code
        return SourceCode(source.path, function.key)
    return code


def _namespace(obj: types.FunctionType, saver: Saver) -> Any:
    name = obj.__globals__.get("__name__")
    module = sys.modules.get(name) if isinstance(name, str) else None
    if module is not None and module.__dict__ is obj.__globals__:
        own = module.__name__ in saver.session.own
        return obj.__globals__ if own else LibraryGlobals(module.__name__)
    return obj.__globals__


def reduce_cell(obj: types.CellType, saver: Saver) -> Any:
    """The reduce value of a cell: its contents come once it is known to the pickler, since they
    may lead back to it."""
    try:
        contents: tuple[Any, ...] = (obj.cell_contents,)
    except ValueError:
        contents = ()
    return types.CellType, (), contents, None, None, fill_cell


def fill_cell(cell: types.CellType, contents: tuple[Any, ...]) -> None:
    """Put back what a cell held, if it held anything."""
    for value in contents:
        cell.cell_contents = value


def reduce_class(obj: type, saver: Saver) -> Any:
    """The reduce value of a class: by reference if it is a library's, else all that is in it."""
    if obj in _NAMELESS:
        return type, (_NAMELESS[obj],)
    _import_module_of(obj, saver)
    reduced = saver.by_default(obj)
    if not isinstance(reduced, tuple):
        return reduced
    if reduced[0].__name__ not in ("_make_skeleton_class", "_make_skeleton_enum"):
        return reduced
    module = sys.modules.get(obj.__module__)
    if obj.__module__ not in saver.session.own and getattr(module, obj.__name__, None) is obj:
        # A library has renamed it, but not its qualified name (torch.nn.attention.SDPBackend).
        return getattr, (module, obj.__name__)
    namespace = {name: obj.__dict__[name] for name in _MADE_BY if name in obj.__dict__}
    arguments = (type(obj), obj.__name__, obj.__bases__, namespace, obj.__qualname__)
    return skeleton_class, arguments, _class_state(obj), None, None, fill_class


def _import_module_of(obj: type, saver: Saver) -> None:
    """Import the library's module that a class says it is of, which need not have been: `recarray`
    says `numpy.rec`. By default it would be taken for a class of the program's own."""
    name = obj.__module__
    if not isinstance(name, str) or name in sys.modules:
        return
    package = name.partition(".")[0]
    if package in sys.modules and package not in saver.session.own:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


_NAMELESS: dict[type, Any] = {
    type(None): None,
    type(NotImplemented): NotImplemented,
    type(...): ...,
}
# What type.__new__ and the hooks of libraries look for (typing.Generic at its bases).
_MADE_BY = ("__slots__", "__module__", "__orig_bases__")
_MADE_WITH_THE_CLASS = ("__dict__", "__weakref__", "__slots__", "_abc_impl", "__abstractmethods__")


def _class_state(obj: type) -> tuple[dict[str, Any], frozenset[str] | None, list[type]]:
    attributes = {
        name: value
        for name, value in obj.__dict__.items()
        if name not in _MADE_WITH_THE_CLASS
        and not (isinstance(value, types.MemberDescriptorType) and value.__objclass__ is obj)
    }
    abstract = obj.__dict__.get("__abstractmethods__")
    registered: list[type] = []
    if "_abc_impl" in obj.__dict__:
        references, *_ = importlib.import_module("_abc")._get_dump(obj)
        registered = [kind for reference in references if (kind := reference()) is not None]
    return attributes, abstract, registered


def skeleton_class(
    metaclass: type,
    name: str,
    bases: tuple[type, ...],
    namespace: dict[str, Any],
    qualname: str,
) -> type:
    """A class without its attributes, made without any code of the program's: `__init_subclass__`
    and a metaclass's `__new__` ran when the class was made first, and their effects are saved."""
    make = next(kind for kind in metaclass.__mro__ if kind in (type, abc.ABCMeta))
    hooks: list[tuple[type, Any]] = []
    for base in {ancestor for parent in bases for ancestor in parent.__mro__}:
        hook = base.__dict__.get("__init_subclass__")
        if isinstance(hook, classmethod):
            type.__delattr__(base, "__init_subclass__")
            hooks.append((base, hook))
    try:
        result: type = make.__new__(metaclass, name, bases, dict(namespace))
    finally:
        for base, hook in hooks:
            type.__setattr__(base, "__init_subclass__", hook)
    result.__qualname__ = qualname
    return result


def fill_class(obj: type, state: tuple[dict[str, Any], frozenset[str] | None, list[type]]) -> None:
    """Give a class what was in it."""
    attributes, abstract, registered = state
    for name, value in attributes.items():
        type.__setattr__(obj, name, value)
    if abstract is not None:
        obj.__abstractmethods__ = abstract  # type: ignore[attr-defined]
    for kind in registered:
        abc.ABCMeta.register(obj, kind)  # type: ignore[arg-type]
