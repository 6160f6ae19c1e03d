"""Ambient state: what lives outside objects, in the interpreter and in libraries.

Each entry has the module that it belongs to (it is used only if that module is loaded), a name, a
function that reads the state and one that puts it back.
"""

from __future__ import annotations

import builtins
import contextlib
import contextvars
import decimal
import gc
import importlib
import logging
import os
import random
import signal
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from midrun.state import ambient_libraries, ambient_torch, ambient_tracking
from midrun.state.adapters import distributed, eventloops, pools, threads, trackers
from midrun.state.loaded import is_loaded, loaded


@dataclass(frozen=True)
class Ambient:
    """`read` gives a value that can be pickled; `restore` takes it: when all is loaded, or if
    `late` when the program is about to go on, since it starts threads that work with the rest."""

    module: str
    name: str
    read: Callable[[], Any]
    restore: Callable[[Any], Any]
    late: bool = False


def read_all(entries: list[Ambient]) -> dict[str, Any]:
    """The ambient state of every entry whose module is loaded, by the entry's name."""
    return {entry.name: entry.read() for entry in entries if loaded(entry.module) is not None}


def restore_all(entries: list[Ambient], state: dict[str, Any], *, late: bool = False) -> None:
    """Put back what `read_all` gave: the entries that are `late`, or the others."""
    for entry in entries:
        if entry.name in state and entry.late is late:
            importlib.import_module(entry.module)
            entry.restore(state[entry.name])


def default_ambient() -> list[Ambient]:
    """All entries, in the order in which they are put back: the random number generators last,
    since putting back others may draw from them."""
    return [
        Ambient("os", "cwd", os.getcwd, os.chdir),
        Ambient("os", "environ", lambda: dict(os.environ), _set_environ),
        Ambient("os", "umask", _umask, os.umask),
        Ambient("sys", "path", lambda: list(sys.path), _set_path),
        Ambient("sys", "argv", lambda: list(sys.argv), _set_argv),
        Ambient("sys", "recursion limit", sys.getrecursionlimit, sys.setrecursionlimit),
        Ambient("sys", "streams and hooks", _read_hooks, _set_hooks),
        Ambient("builtins", "builtins", _read_builtins, _set_builtins),
        Ambient("gc", "garbage collector", _read_gc, _set_gc),
        Ambient("warnings", "warnings", _read_warnings, _set_warnings),
        Ambient("logging", "logging", _read_logging, _set_logging),
        Ambient("decimal", "decimal", _read_decimal, _set_decimal),
        Ambient("multiprocessing.pool", "pools of processes", pools.read_pools, pools.set_pools),
        Ambient("rich.live", "rich: displays", pools.read_displays, pools.set_displays, late=True),
        Ambient("asyncio.events", "asyncio", eventloops.read_policy, eventloops.set_policy),
        Ambient("wandb", "wandb", trackers.read_run, trackers.set_run),
        Ambient(distributed.MODULE, "group", distributed.read_group, distributed.leave_group),
        Ambient("tqdm.std", "tqdm: bars", _read_bars, _set_bars),
        Ambient("contextvars", "context variables", _read_context, _set_context),
        Ambient("signal", "signal handlers", _read_signals, _set_signals),
        *(Ambient(*entry) for entry in ambient_libraries.AMBIENT),
        *(Ambient(*entry) for entry in ambient_tracking.AMBIENT),
        Ambient("random", "random", random.getstate, random.setstate),
        *(Ambient(*entry) for entry in ambient_torch.AMBIENT),
    ]


def _set_environ(saved: dict[str, str]) -> None:
    for name in set(os.environ) - set(saved):
        del os.environ[name]
    os.environ.update(saved)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _set_path(saved: list[str]) -> None:
    sys.path[:] = saved


def _set_argv(saved: list[str]) -> None:
    sys.argv[:] = saved


_HOOKS = ("stdin", "stdout", "stderr", "excepthook", "displayhook", "unraisablehook")


def _read_hooks() -> dict[str, Any]:
    """Those that the program has replaced."""
    found = {}
    for name in _HOOKS:
        value = getattr(sys, name)
        if value is not getattr(sys, f"__{name}__", None):
            found[name] = value
    return found


def _set_hooks(saved: dict[str, Any]) -> None:
    for name, value in saved.items():
        setattr(sys, name, value)


_ORIGINAL_BUILTINS = dict(builtins.__dict__)


def _read_builtins() -> dict[str, Any]:
    return {
        name: value
        for name, value in builtins.__dict__.items()
        if _ORIGINAL_BUILTINS.get(name) is not value and not name.startswith(("_@", "__"))
        and name != "_"
    }  # fmt: skip


def _set_builtins(saved: dict[str, Any]) -> None:
    builtins.__dict__.update(saved)


def _read_gc() -> tuple[bool, tuple[int, int, int]]:
    return gc.isenabled(), gc.get_threshold()


def _set_gc(saved: tuple[bool, tuple[int, int, int]]) -> None:
    enabled, threshold = saved
    gc.set_threshold(*threshold)
    (gc.enable if enabled else gc.disable)()


def _read_warnings() -> dict[str, Any]:
    return {
        "filters": list(warnings.filters),
        "defaultaction": warnings.defaultaction,  # type: ignore[attr-defined]
        # What `catch_warnings(record=True)` replaces while it is under way.
        "hooks": {n: h for n in _WARNING_HOOKS if (h := getattr(warnings, n)) is not _SHOWN[n]},
        "seen": {
            name: {k: v for k, v in registry.items() if k != "version"}
            for name, module in list(sys.modules.items())
            if is_loaded(module)
            and isinstance(registry := vars(module).get("__warningregistry__"), dict)
        },
    }  # fmt: skip


_WARNING_HOOKS = ("showwarning", "_showwarnmsg_impl")
_SHOWN = {name: getattr(warnings, name) for name in _WARNING_HOOKS}


def _set_warnings(saved: dict[str, Any]) -> None:
    warnings.filters[:] = saved["filters"]  # type: ignore[index]
    warnings.defaultaction = saved["defaultaction"]  # type: ignore[attr-defined]
    for name, hook in saved["hooks"].items():
        setattr(warnings, name, hook)
    warnings._filters_mutated()  # type: ignore[attr-defined]
    version = _registry_version()
    for name, seen in saved["seen"].items():
        module = loaded(name)
        if module is not None:
            registry = module.__dict__.setdefault("__warningregistry__", {})
            registry.update(seen)
            registry["version"] = version


def _registry_version() -> int:
    """The number of the current set of filters: a registry with another one counts as empty. It is
    kept in C (Python/_warnings.c) and shows only in a registry that is used."""
    probe: dict[Any, Any] = {}
    show, warnings.showwarning = warnings.showwarning, lambda *args, **kwargs: None
    try:
        with contextlib.suppress(_Probe):
            warnings.warn_explicit("", _Probe, "midrun", 0, registry=probe)
    finally:
        warnings.showwarning = show
    return int(probe.get("version", 0))


class _Probe(Warning):
    pass


def _read_logging() -> dict[str, Any]:
    manager = logging.root.manager
    loggers = {
        name: logger
        for name, logger in manager.loggerDict.items()
        if isinstance(logger, logging.Logger)
    }
    return {
        "disable": manager.disable,
        "root": _logger_state(logging.root),
        "loggers": {name: _logger_state(logger) for name, logger in loggers.items()},
        "levels": dict(logging._levelToName),
    }


def _logger_state(logger: logging.Logger) -> dict[str, Any]:
    names = ("level", "propagate", "handlers", "filters", "disabled")
    return {name: getattr(logger, name) for name in names}


def _set_logging(saved: dict[str, Any]) -> None:
    for level, name in saved["levels"].items():
        logging.addLevelName(level, name)
    for name, state in saved["loggers"].items():
        logging.getLogger(name).__dict__.update(state)
    logging.root.__dict__.update(saved["root"])
    logging.root.manager.disable = saved["disable"]
    logging.root.manager._clear_cache()  # type: ignore[attr-defined]


def _read_decimal() -> decimal.Context | None:
    # To ask for the context makes one, and programs can see how many there are.
    names = {variable.name for variable in contextvars.copy_context()}
    return decimal.getcontext() if threads.DECIMAL in names else None


def _set_decimal(saved: decimal.Context | None) -> None:
    if saved is not None:
        decimal.setcontext(saved)


def _read_bars() -> list[Any]:
    """The progress bars of tqdm that are shown: they make room for each other."""
    return list(sys.modules["tqdm.std"].tqdm._instances)


def _set_bars(saved: list[Any]) -> None:
    bars = sys.modules["tqdm.std"].tqdm._instances
    bars.clear()  # each bar that is made enters itself, also one that has been closed
    bars.update(saved)


def _read_context() -> list[tuple[Any, Any]]:
    return threads.variables_in(contextvars.copy_context())


def _set_context(saved: list[tuple[Any, Any]]) -> None:
    for variable, value in saved:
        variable.set(value)


def _read_signals() -> dict[int, Any]:
    """The program's own handlers."""
    found: dict[int, Any] = {}
    for number in signal.valid_signals():
        handler = signal.getsignal(number)
        midruns = getattr(handler, "__module__", "").startswith("midrun")
        if callable(handler) and not midruns and handler is not signal.default_int_handler:
            found[int(number)] = handler
    return found


def _set_signals(saved: dict[int, Any]) -> None:
    for number, handler in saved.items():
        signal.signal(number, handler)
