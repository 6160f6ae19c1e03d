"""Containers that both sides of a pickle know."""

from __future__ import annotations

import argparse
import builtins
import sys
from typing import Any


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
