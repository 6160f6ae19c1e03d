"""Instances of the program's own classes, saved as they are.

Pickle lets a class decide what of its instances is kept (`__getstate__`, `__reduce__`) and runs
code of the class when they come back (`__new__`, `__setstate__`, `__setattr__`). A savepoint wants
neither: it keeps everything, and runs nothing. Classes that leave all of this alone take pickle's
own way, which is the same and faster.

Classes of libraries that drop a part of their instances in `__getstate__` (lightning's modules
their trainer, its loaders their iterators) are treated likewise, unless that part can't be saved.
"""

from __future__ import annotations

import copyreg
import sys
import types
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from midrun.state.pickling import Saver

_HOOKS = frozenset(
    {
        "__reduce__", "__reduce_ex__", "__getstate__", "__setstate__", "__getnewargs__",
        "__getnewargs_ex__", "__new__", "__getattr__", "__getattribute__", "__setattr__",
        "__slots__", "__hash__",
    }
)  # fmt: skip
_PICKLING = frozenset(
    {"__reduce__", "__reduce_ex__", "__getstate__", "__setstate__", "__getnewargs__",
     "__getnewargs_ex__"}
)  # fmt: skip
_CONTAINERS = (list, dict, set)
_VALUES = (int, float, complex, str, bytes, tuple, frozenset, bytearray)
_ATOMS = (int, float, complex, str, bytes, bool, type(None))


def is_raw(kind: type, own: frozenset[str]) -> bool:
    """Whether instances of `kind` are saved raw: it is the program's own class, has hooks, and all
    that it inherits from libraries is indifferent to pickling."""
    if kind.__module__ not in own or not _is_known_base(kind) or kind in copyreg.dispatch_table:
        return False
    hooks = False
    for base in kind.__mro__:
        if base.__module__ == "builtins":
            continue
        names = _HOOKS.intersection(base.__dict__)
        if base.__module__ in own:
            hooks = hooks or bool(names)
        elif names & _PICKLING:
            return False
    return hooks


def _is_known_base(kind: type) -> bool:
    """Whether the memory of the instances is that of a plain object or a known built-in."""
    solid = [b for b in kind.__mro__ if not b.__flags__ & _HEAP_TYPE]
    return solid[0] in (object, *_CONTAINERS, *_VALUES)


_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE: made by a `class` statement


def drops_state(kind: type, obj: Any) -> bool:
    """Whether a library decides in `__getstate__` what is kept of `obj`, an instance of `kind`, and
    does not refuse. Those of Python and torch know what they do."""
    base = next((b for b in kind.__mro__ if "__getstate__" in b.__dict__), object)
    package = base.__module__.partition(".")[0]
    if not isinstance(base.__dict__["__getstate__"], types.FunctionType) or package == "torch":
        return False
    if package in sys.stdlib_module_names or not _is_known_base(kind) or has_reduce(kind):
        return False
    try:
        obj.__getstate__()
    except AttributeError:
        return True  # it is still being made
    except Exception:
        return False
    return True


def has_reduce(kind: type) -> bool:
    """Whether `kind` has a way of its own to be pickled, apart from `__getstate__`."""
    own = [n for n in ("__reduce__", "__reduce_ex__") if getattr(kind, n) != getattr(object, n)]
    return bool(own) or kind in copyreg.dispatch_table


def reduce_whole(obj: Any, saver: Saver) -> Any:
    """The reduce value of an instance of a class that drops state: all of it if that can be saved,
    else what the class itself keeps."""
    values = [*_attributes(obj).values(), *_slots(obj).values()]
    return reduce_raw(obj, saver) if all(map(saver.can_take, values)) else NotImplemented


def may_share(kind: type) -> bool:
    """Whether a dict of the class may be the `__dict__` of its instances."""
    return any(
        type(value) is dict and not name.startswith("__")
        for base in kind.__mro__
        if base.__flags__ & _HEAP_TYPE
        for name, value in base.__dict__.items()
    )


class SharedDict:
    """Stands, in a pickle, for the dict of a library's class that its instances share."""

    def __init__(self, owner: type, name: str) -> None:
        self._owner, self._name = owner, name

    def __reduce__(self) -> Any:
        return getattr, (self._owner, self._name)


def reduce_sharing(obj: Any, saver: Saver) -> Any:
    """The reduce value of an instance whose attributes are a dict of its class, shared by all its
    instances; NotImplemented for others."""
    attributes = getattr(obj, "__dict__", None)
    for base in type(obj).__mro__:
        for name, value in base.__dict__.items():
            if value is attributes and value is not None:
                own = base.__module__ in saver.session.own
                state = value if own else SharedDict(base, name)
                return new_raw, (type(obj), object, {}, {}), state, None, None, share_dict
    return NotImplemented


def share_dict(obj: Any, shared: dict[str, Any]) -> None:
    """Make `shared` the attributes of an instance."""
    object.__setattr__(obj, "__dict__", shared)


def reduce_raw(obj: Any, saver: Saver | None = None) -> Any:
    """The reduce value of an instance."""
    kind = type(obj)
    base = next(b for b in kind.__mro__ if not b.__flags__ & _HEAP_TYPE)
    attributes = _attributes(obj)
    # What a hash is computed from must be there before the object becomes the key of a dict that
    # its other attributes may lead to.
    early = {name: value for name, value in attributes.items() if _is_early(value)}
    late = {name: value for name, value in attributes.items() if name not in early}
    slots = _slots(obj)
    value = (base(obj),) if base in _VALUES else ()
    contents = base(obj) if base in _CONTAINERS else None
    early_slots = {name: value for name, value in slots.items() if _is_early(value)}
    late_slots = {name: value for name, value in slots.items() if name not in early_slots}
    state = (late, late_slots, contents)
    return new_raw, (kind, base, early, early_slots, *value), state, None, None, fill_raw


def new_raw(
    kind: type, base: type, attributes: dict[str, Any], slots: dict[str, Any], *value: Any
) -> Any:
    """An instance, made without code of its class."""
    obj = base.__new__(kind, *value)
    if isinstance(obj, bytearray):
        bytearray.__init__(obj, *value)
    fill_raw(obj, (attributes, slots, None))
    return obj


def fill_raw(obj: Any, state: tuple[dict[str, Any], dict[str, Any], Any]) -> None:
    """Give an instance what it had."""
    attributes, slots, contents = state
    if attributes:
        object.__getattribute__(obj, "__dict__").update(attributes)
    for name, value in slots.items():
        object.__setattr__(obj, name, value)
    if isinstance(contents, list):
        list.extend(obj, contents)
    elif isinstance(contents, dict):
        dict.update(obj, contents)
    elif isinstance(contents, set):
        set.update(obj, contents)


def _is_early(value: Any) -> bool:
    return type(value) in _ATOMS or (
        type(value) in (tuple, frozenset) and all(type(item) in _ATOMS for item in value)
    )


def _attributes(obj: Any) -> dict[str, Any]:
    try:
        return dict(object.__getattribute__(obj, "__dict__"))
    except AttributeError:
        return {}


def _slots(obj: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for base in type(obj).__mro__:
        for name, member in base.__dict__.items():
            if isinstance(member, types.MemberDescriptorType) and base.__flags__ & _HEAP_TYPE:
                try:
                    found.setdefault(name, member.__get__(obj))
                except AttributeError:
                    continue
    return found
