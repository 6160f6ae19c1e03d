"""The owner of a keeper: it starts one, asks it for processes, and ends it. Every fault of the
keeper means a cold start."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import Any

from midrun.run import spec as specs
from midrun.run.inventory import Inventory
from midrun.run.spec import Spec
from midrun.store import Savepoint
from midrun.warm.asking import Child, NoKeeper, Setting, start_warm
from midrun.warm.fitting import difference, with_changes
from midrun.warm.job import Job, keepers
from midrun.warm.wire import send

_BOOT = Path(__file__).parent.parent / "_boot" / "keeper.py"
_PATIENCE = 1.0  # seconds for a keeper to end


class Warm:
    """Keeps a process warm for what continues a run. The keeper enters itself in `store`, where
    others may find it."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._job: Job | None = None
        self._asking = threading.Lock()  # the umask can only be read by setting it
        self.unfit: dict[str, str] = {}  # packages that the last start has found not to be there

    def prepare(self, info: dict[str, Any], inventory: Inventory) -> None:
        """Have a keeper import what a run of `info` had imported. Does not wait for it."""
        job = Job(
            interpreter=specs.interpreter(),
            store=str(self._store),
            socket="",
            roots=info["roots"],
            through=info["through"],
            hash_seed=info["hash_seed"],
            environ=with_changes(os.environ, inventory.environ),
            argv=[info["script"], *info["argv"]],
            path=inventory.path,
            modules=inventory.modules,
        )
        if self._fits(job):
            self._extend(job)
        else:
            self.close()
            self._start(job)

    def start(
        self, spec: Spec, arguments: list[str], savepoint: Savepoint | None, setting: Setting
    ) -> Child:
        """A process that runs `spec`. Raises NoKeeper, with the reason, if it has to be cold."""
        if self._job is None:
            raise NoKeeper("")
        with self._asking:
            child = start_warm(self._job.socket, spec, arguments, savepoint, setting)
        assert self._folder is not None
        cold = Job.read(self._folder / "job.json").cold
        self.unfit = {name: why for name, why in cold.items() if name not in self._job.cold}
        self._job.cold |= cold
        return child

    def close(self) -> None:
        """End the keeper, if there is one."""
        if self._line is not None:
            self._line.close()
            self._line = None
        if self._process is not None:
            pid = self._process.pid
            if not any(entry.pid == pid and entry.ready for entry in keepers(self._store)):
                self._process.terminate()  # else it hears of it after an import
            with contextlib.suppress(subprocess.TimeoutExpired):  # a `midrun resume` still needs it
                self._process.wait(_PATIENCE)
            self._process = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
        self._job = None
        keepers(self._store)  # takes its entry out

    def _fits(self, job: Job) -> bool:
        """Whether the keeper that is there can hold what `job` names."""
        old = self._job
        return (
            old is not None
            and self._process is not None
            and self._process.poll() is None
            and difference(old.environ, job.environ) is None
            and (old.hash_seed, old.roots, old.through) == (job.hash_seed, job.roots, job.through)
        )

    def _extend(self, job: Job) -> None:
        assert self._job is not None
        assert self._folder is not None
        assert self._line is not None
        known = {*self._job.modules}
        new = [name for name in job.modules if name not in known]
        if new:
            file = self._folder / "job.json"
            self._job = Job.read(file)
            self._job.modules += new
            self._job.path = [*dict.fromkeys([*self._job.path, *job.path])]
            self._job.write(file)
            with contextlib.suppress(OSError):
                send(self._line, {})

    def _start(self, job: Job) -> None:
        # Not where TMPDIR says: the address of a socket has 107 characters at most.
        self._folder = Path(tempfile.mkdtemp(prefix="midrun-", dir="/tmp"))
        job.socket = str(self._folder / "socket")
        job.write(self._folder / "job.json")
        self._job = job
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(job.socket)
            listener.listen()
            self._line, theirs = socket.socketpair()
            given = listener.fileno(), theirs.fileno()
            for descriptor in given:
                os.set_inheritable(descriptor, True)
            command = [*job.interpreter, str(_BOOT), str(self._folder / "job.json")]
            self._process = subprocess.Popen(
                [*command, *map(str, given)], env=job.started_in(), close_fds=False
            )
            theirs.close()
