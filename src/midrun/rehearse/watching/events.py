"""Passing events on to the watchers."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from midrun.rehearse.watching.scene import Scene
from midrun.rehearse.watching.watcher import Watcher


class Events:
    """Calls those watchers that define an event. A mistake of a watcher's own must not harm the
    program: it is told of nothing more, and `failures` says why. `aside` is told the seconds that
    this took, which are not the program's."""

    def __init__(
        self, scene: Scene, watchers: Sequence[Watcher], aside: Callable[[float], None]
    ) -> None:
        self.scene = scene
        self.watchers = list(watchers)
        self.aside = aside
        self._depth = 0
        self.failures: list[str] = []
        self._heard: dict[str, list[Watcher]] = {}

    def tell(self, event: str, *args: Any) -> None:
        """Call the method `event` of each watcher that has one."""
        heard = self._heard.get(event)
        if heard is None:
            plain = getattr(Watcher, event)
            heard = [w for w in self.watchers if getattr(type(w), event) is not plain]
            self._heard[event] = heard
        if heard:
            self.safely(lambda: self._tell(heard, event, args))

    def _tell(self, heard: list[Watcher], event: str, args: tuple[Any, ...]) -> None:
        for watcher in heard:
            try:
                getattr(watcher, event)(*args)
            except Exception as error:
                self._retire(watcher, f"{type(watcher).__name__}.{event}: {error!r}")

    def safely(self, action: Callable[[], Any]) -> None:
        """Do something for all of them; what goes wrong goes to `failures`, once for each cause."""
        began = time.perf_counter()
        self._depth += 1
        try:
            action()
        except Exception as error:
            if repr(error) not in self.failures:
                self.failures.append(repr(error))
        finally:
            self._depth -= 1
            if not self._depth:
                self.aside(time.perf_counter() - began)

    def _retire(self, watcher: Watcher, why: str) -> None:
        self.failures.append(why)
        self.watchers.remove(watcher)
        self._heard.clear()
