"""Worker processes that read files side by side.

They are new interpreters, joined to this one by a socket each: no fork of a process that has
threads or an accelerator, and no second import of the user's `__main__`. A worker that dies takes
nothing with it: its batch is given out again, file by file, and the file that kills a worker twice
is told.
"""

from __future__ import annotations

import contextlib
import os
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

_NO_START = "a process that is to read the data ended at its start ({}); MIDRUN_DEBUG=1 shows why"


class Worker:
    """The line to a process that answers requests, and what it is doing."""

    def __init__(self, line: Connection) -> None:
        self.line = line
        self.ready = False  # it says so first
        self.batch: Any = None

    def end(self) -> str:
        """End the process. Returns how it ended, if it had done so by itself."""
        self.line.close()
        return ""


class Interpreter(Worker):
    """A new interpreter that calls `serve` of a module of midrun's."""

    def __init__(self, module: str = "midrun.data.worker") -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-c", _START.format(module), str(theirs.fileno()), _PATH],
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
        self, task: str, batches: Iterable[list[Any]]
    ) -> Iterator[tuple[list[Any], list[Any] | str]]:
        """Each batch with what `task` gave for it, as it comes in, in any order; for a single item
        that a worker died of, how it died."""
        waiting = iter(batches)
        again: deque[list[Any]] = deque()
        busy: dict[Any, Worker] = {}
        free = list(self._all)

        def give(worker: Worker) -> bool:
            batch = again.popleft() if again else next(waiting, None)
            if batch is None:
                return False
            worker.batch = batch
            with contextlib.suppress(OSError):  # it has died, which recv tells
                worker.line.send((task, batch))
            busy[worker.line] = worker
            return True

        while len(free) < self.count:
            free.append(self._new())
        while free and give(free[-1]):
            free.pop()
        while busy:
            for line in wait(list(busy)):
                worker = busy.pop(line)
                batch = worker.batch
                try:
                    answer = worker.line.recv()
                    if not worker.ready:
                        worker.ready = True
                        busy[line] = worker
                        continue
                except (EOFError, ConnectionResetError):
                    self._all.remove(worker)
                    death = worker.end()
                    if not worker.ready:
                        raise MidrunError(_NO_START.format(death), slug="no-worker") from None
                    worker = self._new()
                    if len(batch) == 1:
                        yield batch, death
                    else:
                        again.extend([item] for item in batch)
                else:
                    yield batch, answer
                if not give(worker):
                    free.append(worker)
            while again and free and give(free[-1]):
                free.pop()

    def _new(self) -> Worker:
        worker = self.start()
        self._all.append(worker)
        return worker


def processors() -> int:
    """How many of them this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
