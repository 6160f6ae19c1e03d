"""Work in a thread that exists only while there is work.

Jobs are generators: between two steps the thread can stop, and another can go on where it left.
That is what makes forks safe and quick. Before a fork the thread finishes its step and ends, so
the child is forked from a process with no thread of ours in it (Python 3.12 and later warn of
forks in processes with threads), no lock held and no step half done. After it, the parent starts
a new thread that goes on with the next step; the child forgets the jobs.

The thread is a raw one, since a threading.Thread shows up in the program's threading.enumerate()
and runs under its threading.settrace().
"""

from __future__ import annotations

import _thread
import atexit
import os
import threading
import time
import weakref
from collections import deque
from collections.abc import Iterator
from pathlib import Path


class Background:
    """Runs jobs one after the other. A job must not raise; its steps should be short."""

    def __init__(self) -> None:
        self._jobs: deque[Iterator[None]] = deque()
        self._halts = 0  # forks under way
        self._native_id = 0  # of the newest thread, until it is known to be gone
        self._ident = 0
        self._reset()
        me = weakref.ref(self)

        def call(name: str) -> None:
            if (background := me()) is not None:
                getattr(background, name)()

        os.register_at_fork(
            before=lambda: call("_before_fork"),
            after_in_parent=lambda: call("_in_parent"),
            after_in_child=lambda: call("_in_child"),
        )
        self._at_exit = lambda: call("join")

    def _reset(self) -> None:
        self._guard = threading.Lock()  # over everything below, and _halts
        self._idle = threading.Event()
        self._idle.set()

    def submit(self, job: Iterator[None]) -> None:
        """Queue `job`. Where no thread can be started, run it here and now."""
        with self._guard:
            if not self._jobs:
                atexit.unregister(self._at_exit)
                atexit.register(self._at_exit)  # anew: it has to run before older callbacks
            self._jobs.append(job)
        self._start()

    def join(self) -> None:
        """Wait until all jobs are done. Does nothing when called from a job."""
        while self._jobs and _thread.get_ident() != self._ident:
            self._idle.wait()
            if self._jobs:  # halted by a fork, to be started again by its thread
                time.sleep(0.0002)
        if not self._jobs:
            self._wait_until_gone()

    def _start(self) -> None:
        with self._guard:
            if self._halts or not self._jobs or not self._idle.is_set():
                return
            self._idle.clear()
        try:
            _thread.start_new_thread(self._work, ())
        except RuntimeError:  # no more threads, or the interpreter is on its way out
            self._work()
            self._native_id = 0

    def _work(self) -> None:
        self._ident, self._native_id = _thread.get_ident(), _thread.get_native_id()
        while True:
            with self._guard:
                if self._halts or not self._jobs:
                    self._ident = 0
                    self._idle.set()
                    return
                job = self._jobs[0]
            if next(job, self) is self:
                with self._guard:
                    self._jobs.popleft()
            del job

    def _before_fork(self) -> None:
        with self._guard:
            self._halts += 1
        if _thread.get_ident() != self._ident:
            self._idle.wait()
            self._wait_until_gone()

    def _wait_until_gone(self) -> None:
        # A raw thread can't be joined: it has said that it ends, but the system may still count it.
        if self._native_id in (0, _thread.get_native_id()):
            return
        task = Path(f"/proc/self/task/{self._native_id}")
        for _ in range(1000):
            if not task.exists():
                break
            time.sleep(0.0001)
        self._native_id = 0

    def _in_parent(self) -> None:
        with self._guard:
            self._halts -= 1
        self._start()

    def _in_child(self) -> None:
        self._reset()
        self._jobs.clear()
        self._halts = self._ident = self._native_id = 0
