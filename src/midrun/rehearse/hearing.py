"""What Python tells of the files that are opened, and of the folders that are listed.

Python calls an audit hook for everything it tells, `id()` among it, so that a hook slows the
program down: there is one, a plain function, since Python asks each hook for `__cantrace__` each
time, and takes four times as long over a method that has none (Python/sysmodule.c).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

Heard = Callable[[tuple[Any, ...]], None]


def hear(*listeners: Mapping[str, Heard]) -> None:
    """From now on, and for good, call the functions of the `listeners` for the event that each
    stands under, with its arguments."""
    heard: dict[str, list[Heard]] = {}
    for listener in listeners:
        for event, function in listener.items():
            heard.setdefault(event, []).append(function)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in heard:
            for function in heard[event]:
                function(arguments)

    sys.addaudithook(hook)
