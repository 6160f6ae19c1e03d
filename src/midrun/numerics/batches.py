"""Which items of its data set a DataLoader's last batch was made of."""

from __future__ import annotations

import types
import weakref
from collections import deque
from typing import Any

from midrun.run.imports import after_import
from midrun.state.adapters.loaders import outstanding

_MODULE = "torch.utils.data.dataloader"
Item = int | str


class Batches:
    """Follows all DataLoaders of this process once `watch` has been called. An iterator asks its
    sampler for the items of each batch in the order in which it gives the batches, worker
    processes or not (`_next_index` and `__next__` in torch/utils/data/dataloader.py)."""

    def __init__(self) -> None:
        self._asked: weakref.WeakKeyDictionary[Any, deque[Any]] = weakref.WeakKeyDictionary()
        self._last: Any = None

    def item(self, row: int) -> Item | None:
        """The item in a row of the last batch; None if that is not known."""
        if not isinstance(self._last, list | tuple) or not 0 <= row < len(self._last):
            return None
        found = self._last[row]
        found = found.item() if hasattr(found, "item") else found
        return found if isinstance(found, int | str) else None

    def watch(self) -> None:
        """Follow them from now on."""
        after_import(_MODULE, self._follow)

    def _follow(self, module: types.ModuleType) -> None:
        base = module._BaseDataLoaderIter
        next_index, advance, reset = base._next_index, base.__next__, base._reset

        def asked(iterator: Any) -> Any:
            items = next_index(iterator)
            self._asked.setdefault(iterator, deque()).append(items)
            return items

        def given(iterator: Any) -> Any:
            before = outstanding(iterator)
            batch = advance(iterator)
            waiting = self._asked.get(iterator, deque())
            if len(waiting) > getattr(iterator, "_tasks_outstanding", 0):
                self._last = waiting.popleft()
            else:  # it was asked for before the savepoint
                self._last = before.get(getattr(iterator, "_rcvd_idx", 0) - 1)
            return batch

        def begun(iterator: Any, *args: Any, **kwargs: Any) -> Any:
            self._asked.pop(iterator, None)
            return reset(iterator, *args, **kwargs)

        base._next_index, base.__next__, base._reset = asked, given, begun
