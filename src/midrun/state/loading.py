"""Loading the pickle of a program's state."""

from __future__ import annotations

import io
import pickle
import types
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from midrun.state import rebuild
from midrun.state.frames import FrameState
from midrun.state.known import Known
from midrun.state.revive import Reviver
from midrun.state.session import BlobSource, Note
from midrun.state.sets import restore


class Loader(pickle.Unpickler):
    """Loads a state; the functions of `rebuild` are its methods."""

    def __init__(self, data: bytes, own: list[str], blobs: BlobSource, reviver: Reviver) -> None:
        self._file = io.BytesIO(data)
        super().__init__(self._file)
        self.blobs = blobs
        self.reports: list[Note] = []
        self.device = ""
        """The device that everything comes to that was on an accelerator, if not to the same."""
        self.keep: Callable[[str, int], None] = lambda path, length: None
        self._reviver = reviver
        self._known = Known(own)
        self._waiting: list[types.GeneratorType[Any, Any, Any]] = []

    def load_state(self) -> Any:
        """What was saved."""
        super().load()
        root = super().load()
        if self._file.tell() < len(self._file.getbuffer()):
            for plan in super().load():
                restore(*plan)
        for generator in self._waiting:
            self._reviver.wait(generator)
        # The memo holds every object that was loaded, and, through the methods that find_class
        # gave, this loader itself.
        self.memo = {}
        return root

    def find_class(self, module: str, name: str) -> Any:
        if module == "midrun" and name.startswith("known"):
            return self._known.containers[int(name.removeprefix("known"))]
        if module == rebuild.__name__:
            return getattr(self, f"_{name}")
        return super().find_class(module, name)

    def _function(
        self,
        code: types.CodeType,
        namespace: dict[str, Any],
        name: str,
        names: tuple[str, ...],
        *contents: types.CellType,
    ) -> types.FunctionType:
        cells = dict(zip(names, contents, strict=True))
        closure = tuple(cells.get(variable) or types.CellType() for variable in code.co_freevars)
        return types.FunctionType(code, namespace, name, None, closure)

    def _source_code(self, file: str, key: tuple[str, int]) -> types.CodeType:
        return self._reviver.code(file, key)

    def _generator(
        self, plan: FrameState, names: tuple[str, ...], *cells: types.CellType
    ) -> types.GeneratorType[Any, Any, Any]:
        state = replace(plan, cells=dict(zip(names, cells, strict=True)))
        return self._reviver.generator(state)

    def _fill_generator(self, generator: Any, values: dict[str, Any]) -> None:
        if self._reviver.fill(generator, values).waits:
            self._waiting.append(generator)

    def _memory(self, key: str) -> memoryview:
        return self.blobs.blob(key)

    def _device(self, saved: str) -> Any:
        import torch

        moves = self.device and saved.partition(":")[0] not in ("cpu", "meta")
        return torch.device(self.device if moves else saved)

    def _open_file(self, kind: str, mode: str, described: dict[str, Any]) -> Any:
        from midrun.state.adapters.files import open_again  # adapters know of this module

        file, report = open_again(kind, mode, described, self.keep)
        if report:
            self._report(described["path"], report)
        return file

    def _keep(self, path: str, length: int) -> None:
        self.keep(path, length)

    def _report(self, what: str, why: str) -> None:
        self.reports.append(Note("changed", what, why))
