"""Resuming: from a savepoint's folder to a program that goes on."""

from __future__ import annotations

import builtins
import contextlib
import importlib
import importlib.machinery
import importlib.util
import os
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

from midrun.run import boot
from midrun.run.assign import assign, still_named
from midrun.run.current import Run
from midrun.run.edits import Edits
from midrun.run.hook import HotFinder, Own
from midrun.run.modules import Module, apply_edits
from midrun.run.places import parse
from midrun.run.saving import versions
from midrun.run.seeds import seed_on_import
from midrun.run.seen import Count
from midrun.run.spec import Spec
from midrun.run.stale import stale_edits, told
from midrun.source.book import Book
from midrun.source.carried import carried
from midrun.source.cut import block_key
from midrun.source.module import Source
from midrun.state.ambient import restore_all
from midrun.state.frames import FrameState
from midrun.state.loading import Loader
from midrun.state.revive import Reviver
from midrun.store import Store


def prepare_resume(spec: Spec) -> tuple[Run, Callable[[], None]]:
    """The run that continues the savepoint of `spec`, and the function that does it.

    Raises MidrunError, and SyntaxError where an edited file has one.
    """
    savepoint = Store(Path(spec.store)).savepoint(spec.savepoint)
    savepoint.check(trust=spec.trust)
    manifest = savepoint.manifest
    info = savepoint.run.info
    own = Own(info["roots"], info["through"])
    wanted = [parse(text) for text in spec.at]
    book = boot.make_book(spec, wanted)
    child = {k: info[k] for k in _INHERITED} | {
        "assignments": spec.assignments,
        "device": spec.device,
        "seed": spec.seed if spec.seed is not None else info.get("seed"),
    }
    old = {p: Source(p, savepoint.run.source(key)) for p, key in manifest["sources"].items()}
    for path in old:
        if os.path.exists(path):
            Source.read(path)  # a syntax error is told before anything else happens
    run = boot.make_run(spec, book, own, child, parent=savepoint.spec, before=manifest["elapsed"])
    for source in old.values():
        book.prepare(source)
    run.follow(wanted)
    if run.sentinel is not None:
        run.sentinel.go_on(Count(**(manifest.get("training") or {})))
    run.once.go_on(manifest.get("once"), savepoint.run)
    if child["seed"] is not None:
        run.entropy = seed_on_import(child["seed"])
    _warn_of_versions(run, manifest["versions"])
    os.chdir(info["cwd"])
    sys.path[:] = manifest["path"]
    run.environment.resume(manifest["environ"])
    modules = _enter_modules(manifest["modules"], old, book, own)
    for name in manifest["imports"]:
        with contextlib.suppress(ImportError):  # if it matters, the load will say so
            importlib.import_module(name)
    edits = Edits(old, book)
    reviver = Reviver(book, edits)
    loader = Loader(savepoint.state(), manifest["own"], savepoint, reviver)
    loader.keep = run.stored.keep_tail
    loader.device = spec.device
    root = loader.load_state()
    for name, namespace in root["modules"].items():
        sys.modules[name].__dict__.update(namespace)
    for note in loader.reports:
        run.say(f"{note.what}: {note.why}")
    _restore_seen(run, book, manifest["seen"], edits)
    restore_all(run.ambient, root["ambient"])
    remarks = apply_edits(modules, edits, book, _main_position(root), run)
    restore_all(run.ambient, root["ambient"])
    run.environment.adopt(manifest["environ"])
    run.exits.restore(root["exits"])
    frames = [state for state in root["stack"] if state is not None]
    assign(spec.assignments, frames)
    if spec.device:
        for line in still_named(frames, spec.device):
            run.say(line)
    chain = _Chain(root, reviver)
    start = chain.build()
    for line in told(stale_edits(savepoint), [*remarks, *edits.remarks]):
        run.say(line)
    drawn = manifest.get("drawn", 0)
    ambient = root["ambient"]  # not `root`, which holds what the program is about to let go

    def go_on() -> None:
        restore_all(run.ambient, ambient, late=True)
        if run.entropy is not None:
            run.entropy.go_on(drawn)
        start()

    return run, go_on


_INHERITED = ("target", "is_module", "argv", "script", "cwd", "hash_seed", "roots", "through")


class _Chain:
    """The frames of the stack, each calling the next."""

    def __init__(self, root: dict[str, Any], reviver: Reviver) -> None:
        self._stack: list[FrameState | None] = root["stack"]
        self._reviver = reviver

    def build(self) -> Callable[[], None]:
        inner: Callable[..., Any] | None = None
        for index in reversed(range(1, len(self._stack))):
            state = self._stack[index]
            if state is None:
                self._reviver.inner_of(self._generator(index), inner)
                inner = None
            else:
                inner = self._reviver.function(state, inner)
        outermost = self._stack[0]
        assert outermost is not None
        code = self._reviver.module_code(outermost, inner)
        namespace = sys.modules[outermost.module].__dict__
        return lambda: exec(code, namespace)

    def _generator(self, index: int) -> types.GeneratorType[Any, Any, Any]:
        """The generator whose frame is at `index`: its caller advances it."""
        caller = self._stack[index - 1]
        if caller is None:
            caller = self._reviver.state_of(self._generator(index - 1))
        if caller.inner == "step":
            key = "inner argument"
        elif caller.inner == "delegate":
            key = "delegate"
        else:
            key = block_key(len(caller.blocks) - 1)
        generator = caller.values[key]
        assert isinstance(generator, types.GeneratorType)
        return generator


def _enter_modules(
    described: list[dict[str, Any]], old: dict[str, Source], book: Book, own: Own
) -> list[Module]:
    """Make the program's own modules, empty, with their edited sources compiled."""
    sys.meta_path.insert(
        sys.meta_path.index(importlib.machinery.PathFinder),
        HotFinder(book, own),
    )
    modules: list[Module] = []
    for entry in described:
        name, path = entry["name"], entry["file"]
        module = types.ModuleType(name)
        module.__dict__["__builtins__"] = builtins
        module.__dict__["__cached__"] = None
        if path is not None:
            module.__file__ = path
            module.__loader__ = importlib.machinery.SourceFileLoader(name, path)
            if entry["spec"] is not None:
                module.__spec__ = importlib.util.spec_from_file_location(
                    entry["spec"], path, submodule_search_locations=entry["path"]
                )
        elif entry["path"] is not None:
            module.__spec__ = importlib.machinery.ModuleSpec(name, None, is_package=True)
        if entry["path"] is not None:
            module.__path__ = entry["path"]
        sys.modules[name] = module
        source = old.get(path) if path is not None else None
        if source is not None:
            book.add(Source.read(path) if os.path.exists(path) else source)
            modules.append(Module(name, source, book.own[path]))
    return modules


def _restore_seen(run: Run, book: Book, seen: dict[str, list[list[Any]]], edits: Edits) -> None:
    """Blocks that had run count as new in a file that was edited, but how often they were passed is
    kept where the edit left them."""
    for path, places in seen.items():
        old, new = edits.old.get(path), book.own.get(path)
        if old is None or new is None:
            continue
        edited = carried(old, new) if old.text != new.text else None
        for line, column, *passes in places:
            place = (line, column) if edited is None else edited.get((line, column), (0, 0))
            number = book.blocks.known(path, *place)
            if number >= 0:
                run.flags.go_on(number, *passes)
                if edited is None:
                    run.seen.add(number)


def _warn_of_versions(run: Run, saved: dict[str, str]) -> None:
    now = versions()
    for name, version in saved.items():
        if name == "python" and version.split(".")[:2] != now[name].split(".")[:2]:
            run.say(f"saved with Python {version}, resumed with Python {now[name]}")
        elif name in ("torch", "numpy"):
            installed = _installed(name)
            if installed != version:
                run.say(f"saved with {name} {version}, resumed with {name} {installed or 'none'}")


def _installed(name: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    module = sys.modules.get(name)
    if module is not None:
        return str(getattr(module, "__version__", "?"))
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _main_position(root: dict[str, Any]) -> FrameState:
    state = root["stack"][0]
    assert isinstance(state, FrameState)
    return state
