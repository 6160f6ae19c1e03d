"""Waiting for the user: for a key, where there is a terminal, or for a change of a file."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import threading
from collections.abc import Iterable
from typing import Any

from watchfiles import watch

from midrun.loop.terminal import Terminal

_QUIET = 100  # milliseconds without a change after which it is told
_LONGEST = 1000  # milliseconds after which it is told even if more come
_LOOK = 1.0  # seconds after which files are looked at in any case, since not every disk tells


class Waiting:
    """A context manager: within it the terminal gives single keys, and `folders` are watched."""

    def __init__(self, terminal: Terminal, folders: Iterable[str]) -> None:
        self._terminal = terminal
        self._folders = [folder for folder in folders if os.path.isdir(folder)]
        self.keys = False
        self._before: Any = signal.SIG_DFL
        self._stop = threading.Event()
        self._heard, self._tell = os.pipe()
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Waiting:
        self._take_keys()
        # The shell has set the terminal for itself when this was stopped by Ctrl-Z.
        self._before = signal.signal(signal.SIGCONT, lambda *_: self._take_keys())
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        signal.signal(signal.SIGCONT, self._before)
        self._terminal.restore()

    def _take_keys(self) -> None:
        self.keys = self._terminal.give_keys()

    def close(self) -> None:
        """Wait for the end of the thread that watches, which takes a moment."""
        self._thread.join()
        os.close(self._heard)
        os.close(self._tell)

    def next(self) -> str:
        """Wait for a key, and return it; or "", when files may have changed."""
        watched = [self._heard, 0] if self.keys else [self._heard]
        ready = select.select(watched, [], [], _LOOK)[0]
        if self._heard in ready:
            os.read(self._heard, 4096)
        if 0 not in ready:
            return ""
        key = os.read(0, 1).decode(errors="replace")
        self.keys = bool(key)  # nothing: the terminal is gone
        return key

    def _listen(self) -> None:
        changes = watch(
            *self._folders,
            watch_filter=None,
            debounce=_LONGEST,
            step=_QUIET,
            stop_event=self._stop,
            rust_timeout=0,
            recursive=False,
            ignore_permission_denied=True,
        )
        with contextlib.suppress(OSError, RuntimeError):  # looking once a second has to do
            for _ in changes:
                os.write(self._tell, b".")
