"""The keeper: a process that has imported what a program imports from outside its project, and
forks one that runs the program whenever it is asked to.

It has one thread, and nothing of the program's in it. A process that it forks comes back from
`serve`, at the depth at which an interpreter of its own would start, so that it runs and ends like
one. The one who asks holds a connection: it gets the process id, then the exit status; if it goes
away, its process gets the signal that was agreed on.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import sys
import time
import warnings
from pathlib import Path
from typing import NamedTuple, NoReturn

from midrun.run.hook import Own
from midrun.store.locks import FileLock
from midrun.warm.fitting import misfit
from midrun.warm.fork import Request, become
from midrun.warm.holding import Holding, Unfit
from midrun.warm.job import Entry, Job
from midrun.warm.streams import mute
from midrun.warm.wire import receive, send


def serve(job_file: str, listener: int, owner: int) -> list[str]:
    """Import what the job says, then serve. Comes back in forked processes alone, with the
    arguments of `boot`. `listener` and `owner` are descriptors: the socket that is listened at, and
    the connection to the process with which it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is meant for the program
    if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:  # else by nohup, for the program, too
        signal.signal(signal.SIGHUP, lambda *_: None)  # the end of the owner is heard anyway
    # Libraries that ask for a GPU are not to start CUDA for it, which no fork survives.
    os.environ.setdefault("PYTORCH_NVML_BASED_CUDA_CHECK", "1")
    keeper = Keeper(Path(job_file), socket.socket(fileno=listener), socket.socket(fileno=owner))
    keeper.take()
    return keeper.serve()


class _Client(NamedTuple):
    """One who has asked: the connection, and the signal for its process if that is lost."""

    line: socket.socket
    deserted: int


class Keeper:
    """One keeper; see the module."""

    def __init__(self, job_file: Path, listener: socket.socket, owner: socket.socket) -> None:
        self._job_file = job_file
        self._job = Job.read(job_file)
        self._listener = listener
        self._owner = owner
        self._path = list(sys.path)
        self._entry = Entry(self._job.store, os.getpid(), self._job.socket, time.time())
        self._lock = FileLock(self._entry.lock())
        self._lock.forget_in_children()
        self._lock.take()
        self._entry.write()
        self._own = Own(self._job.roots, self._job.through)
        self._holding = Holding(self._own, self._job.cold)
        self._selector = selectors.DefaultSelector()
        self._closing = False
        self._clients: dict[int, _Client] = {}  # by the process that runs for them

    def take(self) -> None:
        """Import what the job names; start anew without what is unfit for it."""
        job = self._job = Job.read(self._job_file)
        if not os.environ.get("MIDRUN_DEBUG"):
            mute()
        sys.argv[:] = job.argv
        folders = dict.fromkeys([*job.path, *self._path])
        sys.path[:] = [f for f in folders if f and not self._own.has_file(os.path.join(f, "*.py"))]
        for name in job.modules:
            self._leave_if_alone()
            try:
                self._holding.take(name)
            except Unfit as unfit:
                self._start_anew(unfit)
        sys.path[:] = self._path
        self._holding.settle()
        self._entry.held = [*self._holding.held.values()]
        self._entry.cold = job.cold
        self._entry.ready = True
        self._entry.write()

    def serve(self) -> list[str]:
        """Wait for requests. Returns in the forked processes."""
        for sock in (self._listener, self._owner):
            self._selector.register(sock, selectors.EVENT_READ)
        while self._clients or not self._closing:
            ready = self._selector.select(self._job.idle)
            if not ready and not self._clients:
                break
            for key, _ in ready:
                request = self._handle(key)
                if request is not None:
                    return become(request)
        self._clear()
        os._exit(0)

    def _handle(self, key: selectors.SelectorKey) -> Request | None:
        if key.fileobj is self._listener:
            return self._asked(self._listener.accept()[0])
        if key.fileobj is self._owner:
            self._told()
        elif key.data is not None:
            self._ended(key.data)
        else:
            self._deserted(key.fileobj)
        return None

    def _asked(self, client: socket.socket) -> Request | None:
        """Fork the process that `client` asks for; its request, in that process."""
        try:
            message, descriptors = receive(client)
            request = Request(**message, descriptors=descriptors)
        except (EOFError, OSError, ValueError, TypeError):
            client.close()
            return None
        path = self._holding.changed()
        why = misfit(self._job, request) if path is None else f"{path} has changed"
        if why is not None:
            self._answer(client, {"refused": why})
            client.close()
            self._release(request)
            if path is not None:
                self._close()
            return None
        sys.stdout.flush()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of threads: there are none
            pid = os.fork()
        if pid == 0:
            self._let_go()
            client.close()
            return request
        self._release(request)
        self._clients[pid] = _Client(client, request.deserted)
        self._selector.register(client, selectors.EVENT_READ)
        self._selector.register(os.pidfd_open(pid), selectors.EVENT_READ, pid)
        self._answer(client, {"pid": pid})
        return None

    def _release(self, request: Request) -> None:
        for descriptor in request.descriptors:
            os.close(descriptor)

    def _let_go(self) -> None:
        """In a forked process: nothing of the keeper's stays open."""
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            signal.signal(signal.SIGHUP, signal.SIG_DFL)
        for key in list(self._selector.get_map().values()):
            if isinstance(key.fileobj, int):
                os.close(key.fileobj)
            else:
                key.fileobj.close()  # type: ignore[attr-defined]
        self._selector.close()

    def _ended(self, pid: int) -> None:
        """A process has ended: tell who asked for it."""
        key = next(k for k in self._selector.get_map().values() if k.data == pid)
        assert isinstance(key.fileobj, int)
        self._selector.unregister(key.fileobj)
        os.close(key.fileobj)
        status = os.waitpid(pid, 0)[1]
        client = self._clients.pop(pid).line
        self._answer(client, {"status": status})
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(client)
        client.close()

    def _deserted(self, client: object) -> None:
        """Who asked for a process is gone: nobody waits for it."""
        assert isinstance(client, socket.socket)
        self._selector.unregister(client)
        for pid, asked in self._clients.items():
            if asked.line is client:
                os.kill(pid, asked.deserted)

    def _told(self) -> None:
        """The owner has something to say: more to import, or, by going away, that this is all."""
        try:
            receive(self._owner)
        except (EOFError, OSError):
            self._close()
            return
        self._entry.ready = False
        self._entry.write()
        self.take()

    def _leave_if_alone(self) -> None:
        """End if the owner is gone, which is not heard while something is imported."""
        with contextlib.suppress(BlockingIOError):
            if not self._owner.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT):
                self._clear()
                os._exit(0)

    def _clear(self) -> None:
        """Leave nothing: the owner may have been killed."""
        self._entry.remove()
        with contextlib.suppress(OSError):
            self._job_file.unlink()
            os.unlink(self._job.socket)
            self._job_file.parent.rmdir()

    def _start_anew(self, unfit: Unfit) -> NoReturn:
        """Become a new keeper, without what can't be taken through a fork."""
        self._job.cold[unfit.name] = unfit.why
        self._job.write(self._job_file)
        for sock in (self._listener, self._owner):
            sock.set_inheritable(True)
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], self._job.started_in())

    def _answer(self, client: socket.socket, message: dict[str, object]) -> None:
        with contextlib.suppress(OSError):
            send(client, message)

    def _close(self) -> None:
        """Take no more requests; what runs for a `midrun resume` runs on."""
        if not self._closing:
            self._closing = True
            for sock in (self._listener, self._owner):
                self._selector.unregister(sock)
                sock.close()
            self._entry.remove()
