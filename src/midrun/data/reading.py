"""Worker processes that read files side by side.

They are new interpreters, joined to this one by a socket each: no fork of a process that has
threads or an accelerator, and no second import of the user's `__main__`. A worker that dies takes
nothing with it: its batch is given out again, file by file, and the file that kills a worker twice
is told.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import TracebackType
from typing import Any

from midrun.errors import MidrunError

_PATH = str(Path(__file__).parents[2])  # the folder that midrun is in
# The worker takes midrun from where this process has it. -P, and that folder at the end of the
# path: no file of the user's in the current folder may stand in for a module of a library.
_START = """
import sys
sys.path.insert(0, sys.argv[2])
import midrun
sys.path.append(sys.path.pop(0))
from {0} import serve
serve(int(sys.argv[1]))
"""

# One worker for each processor: threads of libraries would only wait for each other, and spin.
_ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "MKL", "OMP")}
_SMALL = 1 << 16  # bytes; a socket's buffer holds three of these
_NO_START = "a process that is to read the data ended at its start ({}); MIDRUN_DEBUG=1 shows why"


class Worker:
    """The line to a process that answers requests, and what it is doing."""

    def __init__(self, line: Connection) -> None:
        self.line = line
        self.ready = False  # it says so first
        self.batches: deque[list[Any]] = deque()  # that it was given, the first is under way
        # Batches are of some items, so none is long, and requests fit into the socket's buffer, so
        # that sending one waits for nobody.
        self.small = False

    def give(self, task: str, batch: list[Any]) -> None:
        """Send a request."""
        request = pickle.dumps((task, batch))
        self.small = len(request) <= _SMALL and len(batch) > 1
        self.batches.append(batch)
        with contextlib.suppress(OSError):  # it has died, which recv tells
            self.line.send_bytes(request)

    def end(self) -> str:
        """End the process. Returns how it ended, if it had done so by itself."""
        self.line.close()
        return ""


class Interpreter(Worker):
    """A new interpreter that calls `serve` of a module, with more variables in its environment."""

    def __init__(
        self, module: str = "midrun.data.worker", environment: dict[str, str] = _ONE_THREAD
    ) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-c", _START.format(module), str(theirs.fileno()), _PATH],
                env=os.environ | environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=None if os.environ.get("MIDRUN_DEBUG") else subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                process_group=0,  # Ctrl-C goes to midrun alone, which ends its workers
            )
        super().__init__(Connection(ours.detach()))

    def end(self) -> str:
        super().end()
        # A process whose line is gone ends by itself, once it is done with its file.
        if (code := self.process.poll()) is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            code = self.process.wait()
        return ended(code)


def ended(code: int) -> str:
    """The end of a process in words, from its exit code, which is negative for a signal."""
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


class Workers:
    """`count` workers, started when they are first needed; a context manager that ends them."""

    def __init__(self, count: int, start: Callable[[], Worker] = Interpreter) -> None:
        self.count = count
        self.start = start
        self._all: list[Worker] = []

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for worker in self._all:
            worker.end()

    def map(
        self, task: str, batches: Iterable[list[Any]], ahead: bool = True
    ) -> Iterator[tuple[list[Any], list[Any] | str]]:
        """Each batch with what `task` gave for it, as it comes in, in any order; for a single item
        that a worker died of, how it died. Unless `ahead` is false, a worker has its next batch
        before it is done with one, so that it never waits for this process."""
        waiting = iter(batches)
        again: deque[list[Any]] = deque()

        def give(worker: Worker) -> None:
            while len(worker.batches) < (2 if ahead and worker.small else 1):
                batch = again.popleft() if again else next(waiting, None)
                if batch is None:
                    return
                worker.give(task, batch)

        while len(self._all) < self.count:
            self._new()
        for worker in self._all:
            give(worker)
        while busy := [worker for worker in self._all if worker.batches]:
            heard = wait([worker.line for worker in busy])
            for worker in (worker for worker in busy if worker.line in heard):
                try:
                    answer = worker.line.recv()
                    if not worker.ready:
                        worker.ready = True
                        continue
                except (EOFError, ConnectionResetError):
                    self._all.remove(worker)
                    death = worker.end()
                    if not worker.ready:
                        raise MidrunError(_NO_START.format(death), slug="no-worker") from None
                    batch, *others = worker.batches
                    again.extend(others)
                    if len(batch) == 1:
                        yield batch, death
                    else:
                        again.extend([item] for item in batch)
                    self._new()
                else:
                    yield worker.batches.popleft(), answer
            for worker in self._all:
                give(worker)

    def _new(self) -> Worker:
        worker = self.start()
        self._all.append(worker)
        return worker
