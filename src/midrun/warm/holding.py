"""The libraries that a keeper imports, and whether they can be taken through a fork."""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterable

from midrun.run.flags import spare_builtins
from midrun.run.hook import Own
from midrun.warm.job import Held

_THREADS = "/proc/self/task"
_FILES = "/proc/self/fd"
_DEVICES = ("/dev/nvidia", "/dev/kfd")
_COMPUTING = ("/dev/nvidia-uvm", "/dev/kfd")
# jax warns of every fork once it has been imported (jax/_src/xla_bridge.py, `_at_fork`); grpc works
# in a child only under conditions (doc/fork_support.md of grpc).
_NEVER = {"grpc", "jax"}


class Unfit(Exception):
    """A package that must not be in a keeper has been imported: `name`, and the reason."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name = name
        self.why = why


class Holding:
    """What this process has imported for others. `cold` are packages that it must not import."""

    def __init__(self, own: Own, cold: Iterable[str]) -> None:
        self.held: dict[str, Held] = {}
        self._own = own
        self._cold = {*cold}
        self._files: dict[str, int] = {}
        self._known: set[str] = set()
        self._devices: list[str] = []
        self._note_files()

    def take(self, name: str) -> None:
        """Import a module, unless it is in already or belongs to a package that stays cold.

        Raises Unfit if it has brought in something that can't be forked.
        """
        package = name.partition(".")[0]
        if name in sys.modules or package in self._cold:
            return
        before, began = len(sys.modules), time.monotonic()
        with contextlib.suppress(Exception, SystemExit):
            importlib.import_module(name)  # what fails here fails in the program, if it matters
        self._count(package, len(sys.modules) - before, time.monotonic() - began)
        self._check(package)

    def changed(self) -> str | None:
        """A file of what is held that is another one now: a package was upgraded, or edited."""
        for path, stamp in self._files.items():
            if _stamp(path) != stamp:
                return path
        return None

    def settle(self) -> None:
        """All is in: do once what each child would do otherwise."""
        self._note_files()
        gc.collect()
        spare_builtins()

    def _count(self, package: str, modules: int, seconds: float) -> None:
        held = self.held.setdefault(package, Held(package, 0, 0.0))
        held.modules += modules
        held.seconds += seconds

    def _check(self, package: str) -> None:
        new = [name for name in list(sys.modules) if name not in self._known]
        self._known.update(new)
        for name in new:
            path = getattr(sys.modules[name], "__file__", None)
            if self._own.is_hot(name, path):
                raise Unfit(package, "it imports modules that savepoints are taken in")
            if name in _NEVER:
                raise Unfit(package, f"{name} does not survive a fork")
        if _has_threads():
            raise Unfit(package, "it starts threads")
        devices = _devices()
        if devices != self._devices and _has_cuda(devices):
            raise Unfit(package, "it starts CUDA")
        self._devices = devices

    def _note_files(self) -> None:
        for module in list(sys.modules.values()):
            path = getattr(module, "__file__", None)
            if isinstance(path, str) and path not in self._files:
                self._files[path] = _stamp(path)
        for folder in sys.path:
            if os.path.basename(folder) in ("site-packages", "dist-packages"):
                self._files.setdefault(folder, _stamp(folder))


def _stamp(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0


def _threads() -> int:
    return len(os.listdir(_THREADS)) if os.path.isdir(_THREADS) else 1


def _has_threads() -> bool:
    # BLAS libraries end their threads before a fork and start them anew when there is work.
    return _threads() > 1 and (_in_a_fork(bool) or _threads() > 1)


def _devices() -> list[str]:
    """The files of accelerators that this process has open."""
    found = []
    for descriptor in os.listdir(_FILES) if os.path.isdir(_FILES) else []:
        with contextlib.suppress(OSError):  # that of the folder itself
            found.append(os.readlink(f"{_FILES}/{descriptor}"))
    return sorted(path for path in found if path.startswith(_DEVICES))


def _has_cuda(devices: list[str]) -> bool:
    """Whether one of these means that CUDA or ROCm has been started, which no fork survives; NVML,
    which only looks, does not."""
    lost = getattr(getattr(sys.modules.get("torch"), "_C", None), "_cuda_isInBadFork", None)
    return any(path in _COMPUTING for path in devices) or (lost is not None and _in_a_fork(lost))


def _in_a_fork(question: Callable[[], object]) -> bool:
    """Whether `question` is answered with yes in a forked process, or ends it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads, which are looked at next
        pid = os.fork()
    if pid == 0:
        os._exit(int(bool(question())))
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != 0
