"""Iterators under way.

Those over lists, ranges, tuples, zip, map and the like are pickled by Python itself. A dict's
iterator is pickled as a list of what is left, which would no longer follow the dict; here it is
begun anew on the same dict and moved on.
"""

from __future__ import annotations

import gc
import itertools
import sys
from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from midrun.state.pickling import Saver
    from midrun.state.registry import Registry

_DICT_VIEWS = {
    "dict_keyiterator": "keys",
    "dict_valueiterator": "values",
    "dict_itemiterator": "items",
    "dict_reversekeyiterator": "keys",
    "dict_reversevalueiterator": "values",
    "dict_reverseitemiterator": "items",
}


def add(registry: Registry) -> None:
    for name in _DICT_VIEWS:
        registry.register(f"builtins.{name}", _dict_iterator)
    for name in ("dict_keys", "dict_values", "dict_items"):
        registry.register(f"builtins.{name}", _dict_view)
    registry.register("builtins.set_iterator", _set_iterator)
    registry.register("itertools.pairwise", _pairwise)
    registry.register("itertools.groupby", _groupby)


def _dict_iterator(obj: Any, saver: Saver) -> Any:
    owner = next((o for o in gc.get_referents(obj) if isinstance(o, dict)), None)
    left = obj.__length_hint__()
    if owner is None or not left:
        return iter, ((),)
    name = type(obj).__name__
    begin = _moved_back if "reverse" in name else _moved_on
    return begin, (owner, _DICT_VIEWS[name]), len(owner) - left, None, None, _skip


def _moved_on(owner: dict[Any, Any], view: str) -> Any:
    return iter(getattr(owner, view)())


def _moved_back(owner: dict[Any, Any], view: str) -> Any:
    return reversed(getattr(owner, view)())


def _skip(iterator: Any, count: int) -> None:
    deque(itertools.islice(iterator, count), maxlen=0)


def _dict_view(obj: Any, saver: Saver) -> Any:
    (owner,) = gc.get_referents(obj)
    return getattr(dict, type(obj).__name__.removeprefix("dict_")), (owner,)


def _set_iterator(obj: Any, saver: Saver) -> Any:
    return iter, (list(_rest(obj)),)


def _rest(iterator: Any) -> Any:
    return iterator.__reduce__()[1][0]


def _pairwise(obj: Any, saver: Saver) -> Any:
    # Since 3.12 its type is among them, as it is one that is made at run time.
    held = [item for item in gc.get_referents(obj) if item is not type(obj)]
    if sys.version_info >= (3, 13):
        held = held[:-1]  # the tuple that it gives out again and again
    source, *before = held or [()]
    return _make_pairwise, (source, *before[:1])


def _make_pairwise(source: Any, *before: Any) -> Any:
    return itertools.pairwise(itertools.chain(before, source))


def _groupby(obj: Any, saver: Saver) -> Any:
    # Between two values of a group it holds the group's key only, which its own way forgets
    # (groupby_reduce in Modules/itertoolsmodule.c): the rest would become a group of its own.
    held = [item for item in gc.get_referents(obj) if item is not type(obj)]
    return (_make_groupby, tuple(held)) if len(held) == 3 else NotImplemented


def _make_groupby(source: Any, key: Any, wanted: Any) -> Any:
    made: Any = itertools.groupby(source, key)
    made.__setstate__((wanted, None, wanted))
    next(itertools._grouper(made, wanted))  # type: ignore[attr-defined]  # gives out the None
    return made
