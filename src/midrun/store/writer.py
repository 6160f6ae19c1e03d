"""What the drafts of one run share, and how to wait for one that is being written."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable

from midrun.store import patches
from midrun.store.background import Background
from midrun.store.errors import StoreError
from midrun.store.locks import Gate
from midrun.store.savepoint import Savepoint
from midrun.store.slabs import Copy, Pool

OnDone = Callable[[Savepoint | None, Exception | None], None]


class Writer:
    """What the drafts of one run share: the thread, the memory, and the copies not yet on disk."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.background = Background()
        self.pool = Pool()
        self.copies: weakref.WeakValueDictionary[str, Copy] = weakref.WeakValueDictionary()
        self.regions: dict[patches.Place, patches.Region] = {}
        self.pid = os.getpid()

    def only_here(self) -> None:
        """Raise StoreError "forked" in a child of the process that the run belongs to."""
        if os.getpid() != self.pid:
            raise StoreError(
                f"process {os.getpid()} was forked from a run, and only the run's own process "
                f"({self.pid}) saves; take the savepoint there",
                slug="forked",
            )


class Pending:
    """A savepoint that is being written."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._settled = threading.Event()
        self._savepoint: Savepoint | None = None
        self._error: Exception | None = None

    @property
    def done(self) -> bool:
        """Whether `wait` would return or raise at once."""
        return self._settled.is_set()

    def wait(self, timeout: float | None = None) -> Savepoint:
        """Wait for the savepoint; raise what went wrong instead, or in writing it or in `on_done`.

        Raises TimeoutError after `timeout` seconds.
        """
        self._writer.only_here()
        if not self._settled.wait(timeout):
            raise TimeoutError(f"the savepoint was not written within {timeout} s")
        if self._error is not None:
            raise self._error
        assert self._savepoint is not None
        return self._savepoint

    def settle(self, savepoint: Savepoint | None, error: Exception | None) -> None:
        """Say how it ended."""
        self._savepoint, self._error = savepoint, error
        self._settled.set()
