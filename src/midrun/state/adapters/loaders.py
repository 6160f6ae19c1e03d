"""Iterators of `torch.utils.data.DataLoader`."""

from __future__ import annotations

import copyreg
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from midrun.state.pickling import Saver
    from midrun.state.registry import Registry

_MODULE = "torch.utils.data.dataloader"


def add(registry: Registry) -> None:
    registry.register(f"{_MODULE}._SingleProcessDataLoaderIter", _in_process)
    registry.register(f"{_MODULE}._MultiProcessingDataLoaderIter", _with_workers)


def _in_process(obj: Any, saver: Saver) -> Any:
    # Its own __getstate__ refuses, for the sake of generators, which midrun can save.
    return copyreg.__newobj__, (type(obj),), dict(obj.__dict__)  # type: ignore[attr-defined]


def _with_workers(obj: Any, saver: Saver) -> Any:
    return saver.give_up(
        obj,
        f"a DataLoader's pass with {obj._num_workers} worker processes can't be saved yet: use "
        "num_workers=0, or a savepoint between two passes",
    )
