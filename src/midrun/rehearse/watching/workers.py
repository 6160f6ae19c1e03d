"""What the worker processes of DataLoaders draw from random generators, and what they run.

Each worker tells, over a pipe that it has inherited, what the states of its generators were before
its first batch and after it, and the blocks of code that it was the first to run. A worker that is
spawned has no such pipe, and tells nothing.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import json
import os
import types
import zlib
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from midrun.rehearse.watching.facts import Draw
from midrun.rehearse.watching.scene import Scene
from midrun.run.imports import after_import
from midrun.state.adapters.randomness import Randomness

_LOOPS = "torch.utils.data._utils.worker"
_NUMBERS = 400  # of blocks, told at once
_MOST = 4096  # bytes that a pipe takes at once, whoever else writes (PIPE_BUF on Linux)


class Blocks(Protocol):
    """The blocks of the program's code, by their numbers."""

    def unseen(self) -> Iterable[int]:
        """Those that have not run in this process."""

    def call_next(self, number: int, function: Callable[[], object]) -> None:
        """Have a function called when one runs."""


class Workers:
    """Hears of them, for `scene.draws` and `scene.blocks`."""

    def __init__(self, scene: Scene, blocks: Blocks | None) -> None:
        self._scene = scene
        self._blocks = blocks

    def watch(self) -> None:
        """Hear of the workers that begin from now on."""
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._reading, False)
        os.set_blocking(self._writing, False)
        after_import(_LOOPS, self._wrap)

    def collect(self) -> None:
        """Read what they have told so far."""
        text = b""
        try:
            while part := os.read(self._reading, 1 << 16):
                text += part
        except BlockingIOError:
            pass
        for line in text.decode().splitlines():
            told = json.loads(line)
            self._scene.blocks.update(told.pop("blocks", ()))
            if told:
                self._scene.draws.append(Draw(**told))

    def _wrap(self, module: types.ModuleType) -> None:
        """The loop is looked up by its name in the module when workers are started."""
        original = vars(module)["_worker_loop"]
        vars(module)["_worker_loop"] = _Loop(original, self._writing, self._blocks)


class _Loop:
    """Runs torch's `_worker_loop` in its place."""

    def __init__(self, loop: Callable[..., None], pipe: int, blocks: Blocks | None) -> None:
        self._loop = loop
        self._pipe = pipe
        self._blocks = blocks
        # Savepoints have put theirs around it, or put it around this one: they ask for this.
        self.__signature__ = inspect.signature(getattr(loop, "loop", None) or loop)

    def __reduce__(self) -> Any:
        """For a worker that is spawned: torch's own."""
        return _plain_loop, ()

    def __call__(self, *args: Any, **named: Any) -> None:
        arguments = {**dict(zip(self.__signature__.parameters, args, strict=False)), **named}
        if {"dataset", "collate_fn", "init_fn", "data_queue", "base_seed"} <= arguments.keys():
            draws = _Draws(arguments, self._pipe, self._blocks)
            arguments["init_fn"] = draws.after(arguments["init_fn"])
            arguments["data_queue"] = _Queue(arguments["data_queue"], draws)
        self._loop(*arguments.values())


def _plain_loop() -> Callable[..., None]:
    from torch.utils.data._utils.worker import _worker_loop

    return _worker_loop  # type: ignore[no-any-return]


class _Draws:
    """What one worker draws, and runs, for its first batch."""

    def __init__(self, arguments: dict[str, Any], pipe: int, blocks: Blocks | None) -> None:
        self._roots = {"dataset": arguments["dataset"], "collate_fn": arguments["collate_fn"]}
        self._head = {"base": arguments["base_seed"], "worker": arguments["worker_id"]}
        self._pipe = pipe
        self._before: dict[str, int] | None = None
        self._randomness: Randomness | None = None
        self._ran: list[int] = []
        if blocks is not None:
            for number in blocks.unseen():
                blocks.call_next(number, functools.partial(self._ran.append, number))

    def after(self, init: Callable[[int], None] | None) -> Callable[[int], None]:
        def init_and_look(worker: int) -> None:
            if init is not None:
                init(worker)
            self._look()

        return init_and_look

    def told(self) -> None:
        """The first batch is done."""
        ran, self._ran = self._ran, []
        for at in range(0, len(ran), _NUMBERS):
            self._tell({"blocks": ran[at : at + _NUMBERS]})
        before, self._before = self._before, None
        if before is None or self._randomness is None:
            return
        try:
            after = _digests(self._randomness)
            drawn = {path: before[path] for path in before if after.get(path) != before[path]}
            self._tell({**self._head, "drawn": drawn})
        except Exception:  # the worker's own work must not suffer
            self._randomness = None

    def _tell(self, what: dict[str, Any]) -> None:
        line = json.dumps(what) + "\n"
        if len(line) <= _MOST:
            with contextlib.suppress(OSError):  # nobody reads, for now
                os.write(self._pipe, line.encode())

    def _look(self) -> None:
        try:
            self._randomness = Randomness(self._roots)
            self._before = _digests(self._randomness)
        except Exception:  # the same
            self._before = None


class _Queue:
    """The worker's end of the queue of batches."""

    def __init__(self, queue: Any, draws: _Draws) -> None:
        self._queue = queue
        self._draws = draws

    def put(self, result: Any) -> None:
        if isinstance(result[0], int):
            self._draws.told()
        self._queue.put(result)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._queue, name)


def _digests(randomness: Randomness) -> dict[str, int]:
    return {path: zlib.crc32(repr(s).encode()) for path, s in randomness.read().items()}
