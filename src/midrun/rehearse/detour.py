"""The first losses after a checkpoint was written, or read: are they the same?

The process of the first kind ends a few steps after its first checkpoint, as if it had been killed
at the first of these: it puts the files back, as it may have written further checkpoints. That of
the second kind resumes from what is left, and ends after as many.
"""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn

from midrun.rehearse.components import components
from midrun.rehearse.keeping import Kept
from midrun.rehearse.request import Answer, Losses, Save
from midrun.rehearse.watching.places import Place
from midrun.store.files import replace_file

LOSSES = 3


class Detour:
    """Notes the losses after the first event of a kind ("save" or "load"), and ends the process.
    `uncut` is called at the event: from then on each round counts. `written` gives the files that
    the program has written."""

    def __init__(
        self,
        kind: str,
        out: str,
        own: Callable[[str], bool],
        uncut: Callable[[], None],
        written: Callable[[], Iterable[str]],
    ) -> None:
        self._kind = kind
        self._out = out
        self._own = own
        self._uncut = uncut
        self._written = written
        self._files: Kept | None = None
        self._found = Losses()
        self._noting = False
        self._at_event: dict[str, str] = {}

    def saved(self, save: Save) -> None:
        """A file has been written."""
        if self._kind == "save" and not self._noting and save.checkpoint:
            self._begin(save.path, Place(save.file, save.line))

    def loaded(self, path: str, place: Place) -> None:
        """A file has been read."""
        if self._kind == "load" and not self._found.losses:
            self._begin(path, place)

    def loss(self, loss: Any) -> None:
        """A backward pass begins."""
        if not self._noting:
            return
        if not self._found.losses:
            self._found.components = components(self._namespaces())
            self._files = Kept(self._written()) if self._kind == "save" else None
        self._found.losses.append(float(loss.detach()) if loss.numel() == 1 else 0.0)
        if len(self._found.losses) == LOSSES:
            now = components(self._namespaces())
            before = {**self._found.components, **self._at_event}
            self._found.used = [name for name in now if now[name] != before.get(name)]
            self._end()

    def end(self) -> None:
        """The script has ended before."""
        if self._files is not None:
            self._files.put_back(self._written())
        if self._noting:
            replace_file(Path(self._out), Answer(losses=self._found).write().encode())

    def _begin(self, path: str, place: Place) -> None:
        self._noting = True
        self._at_event = components(self._namespaces())
        self._found.path, self._found.file, self._found.line = path, place.file, place.line
        self._uncut()

    def _end(self) -> NoReturn:
        self.end()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)

    def _namespaces(self) -> Iterator[dict[str, Any]]:
        """The variables of the functions under way, the user's own."""
        frame: types.FrameType | None = sys._getframe(1)
        while frame is not None:
            if self._own(frame.f_code.co_filename):
                yield frame.f_locals
            frame = frame.f_back


def is_checkpoint(state: Any) -> bool:
    """Whether what is saved is there to go on from: a dict that has the state of a model or an
    optimizer, and more. A model's state alone is a result."""
    return isinstance(state, dict) and any(_is_state(value, 2) for value in state.values())


def _is_state(value: Any, depth: int) -> bool:
    if not isinstance(value, dict) or not value:
        return False
    if "param_groups" in value and "state" in value:
        return True
    tensor = sys.modules["torch"].Tensor
    if all(isinstance(part, tensor) for part in value.values()):
        return True
    return depth > 0 and any(_is_state(part, depth - 1) for part in value.values())


def forgotten(before: Losses, after: Losses) -> list[str]:
    """The components that a resumed training has not got back, of those that it uses."""
    return [
        name
        for name in before.used
        if name in before.components
        and after.components.get(name, before.components[name]) != before.components[name]
    ]
