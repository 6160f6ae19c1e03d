"""The terminal: put back after programs that leave it in a strange state, and asked for keys."""

from __future__ import annotations

import contextlib
import os
import sys
import termios
import tty
from typing import Any


class Terminal:
    """Standard input, as it was when this was made; nothing happens if it is no terminal."""

    def __init__(self) -> None:
        self._modes: list[Any] = []
        with contextlib.suppress(termios.error, OSError):
            self._modes = termios.tcgetattr(0)

    def restore(self) -> None:
        """Put it back."""
        if self._is_ours():
            termios.tcsetattr(0, termios.TCSADRAIN, self._modes)

    def give_keys(self) -> bool:
        """Have it give keys one by one, without those that were typed before; whether there are
        any to come."""
        if self._is_ours():
            tty.setcbreak(0)
        return self._is_ours()

    def _is_ours(self) -> bool:
        """Whether it is there, and this process in its foreground."""
        try:
            return bool(self._modes) and sys.stdin is not None and os.tcgetpgrp(0) == os.getpgrp()
        except OSError:
            return False
