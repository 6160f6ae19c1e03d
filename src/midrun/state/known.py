"""What both sides of a pickle know."""

from __future__ import annotations

import argparse
import builtins
import pickle
import sys
from collections.abc import Iterable
from typing import Any


class Known:
    """Containers that a state refers to and does not hold, by number: the namespaces of modules
    and containers of Python's own. Both sides make the same list.

    `literals` are the strings in the program's sources that look like names: the compiler makes one
    object of all that are alike, and programs compare them by identity (`if name is "conv2d"`).
    """

    def __init__(self, own: list[str], literals: Iterable[str] = ()) -> None:
        self.containers: list[Any] = [builtins.__dict__, sys.modules, sys.path, sys.argv]
        # argparse compares this string by identity.
        self.containers.append(argparse.SUPPRESS)
        self.containers += [sys.modules[name].__dict__ for name in own]
        self._literals = [sys.intern(text) for text in literals]

    def prefix(self) -> bytes:
        """A pickle that puts them into the memo of the unpickler, as its first entries."""
        puts = b"".join(b"cmidrun\nknown%d\n\x940" % k for k in range(len(self.containers)))
        interns = b"".join(map(_intern, self._literals))
        return b"\x80\x05" + puts + interns + b"N."

    def memo(self) -> dict[int, tuple[int, Any]]:
        known = [*self.containers, *self._literals]
        return {id(one): (index, one) for index, one in enumerate(known)}


def _intern(text: str) -> bytes:
    """A call of `sys.intern`, whose result goes to the memo."""
    data = text.encode()
    size = len(data).to_bytes(4, "little")
    call = pickle.GLOBAL + b"sys\nintern\n" + pickle.BINUNICODE + size + data
    return call + pickle.TUPLE1 + pickle.REDUCE + pickle.MEMOIZE + pickle.POP
