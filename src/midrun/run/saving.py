"""Taking one savepoint: the state is copied while the program stands still, written after."""

from __future__ import annotations

import ast
import functools
import itertools
import linecache
import os
import platform
import sys
import time
import types
from typing import TYPE_CHECKING, Any

from midrun.run.graphs import dead_tensors
from midrun.source.book import Book
from midrun.source.positions import Unknown, node_at
from midrun.state.adapters import threads
from midrun.state.ambient import read_all
from midrun.state.dynamo import installed_names
from midrun.state.frames import FrameState, capture_stack
from midrun.state.missing import Missing
from midrun.state.pickling import save
from midrun.state.session import Session
from midrun.store import Pending, StoreError

if TYPE_CHECKING:
    from midrun.run.current import Run
    from midrun.run.policy import Reason

# What belongs to the import system, or would drag all of `builtins` along.
_NOT_SAVED = {"__builtins__", "__loader__", "__spec__", "__cached__"}


class Unsaved(Exception):
    """The savepoint could not be written."""


class Snapshot:
    """One savepoint of `run`, with `frame` as the innermost frame; `asking` is that of the function
    that the program called for it, if it did."""

    def __init__(
        self,
        run: Run,
        reason: Reason,
        frame: types.FrameType,
        asking: types.FrameType | None = None,
    ) -> None:
        self._run = run
        self._reason = reason
        self._frame = frame
        self._asking = asking
        self.pending: Pending | None = None
        """What is being written, once it has been taken."""

    def take(self) -> None:
        """Copy the state and hand it to the writer.

        Raises Unknown or NotNow if it can't be done here, Unsaved if the store refuses.
        """
        run = self._run
        began = time.monotonic()
        outermost = _outermost(self._frame)
        stack = capture_stack(self._frame, outermost, run.book, asking=self._asking)
        dead = dead_tensors(stack, run.book)
        own = run.own.modules()
        try:
            draft = run.stored.draft()
        except (OSError, StoreError) as error:
            raise Unsaved(str(error)) from error
        try:
            session = Session(run.book, run.registry, frozenset(own), draft, run.library)
            session.dead = dead
            session.copies = run.copies
            session.running = {frame: state for frame, state in stack if state.is_generator}
            root: dict[str, Any] = {
                "stack": [None if state.is_generator else state for _, state in stack],
                "modules": {name: _namespace(sys.modules[name]) for name in own},
                "ambient": read_all(run.ambient),
                "exits": run.exits.of(frozenset(own)),
            }
            session.variables = [*root["modules"].values(), *(s.values for _, s in stack)]
            data = save(root, session, own)
            manifest = self._manifest([state for _, state in stack], session, own, root)
            manifest["stall"] = time.monotonic() - began
            if self._reason.in_memory:
                run.memory.keep(draft.hold(data, manifest, on_done=run.saved))
            else:
                run.memory.write(run.writing)
                run.writing()
                self.pending = draft.finish(data, manifest, on_done=run.saved)
        except BaseException:
            draft.abandon()
            raise

    def wait(self) -> None:
        """Wait until it is on disk."""
        if self.pending is not None:
            self.pending.wait()

    def _manifest(
        self, stack: list[FrameState], session: Session, own: list[str], root: dict[str, Any]
    ) -> dict[str, Any]:
        run = self._run
        innermost = stack[-1]
        return {
            "name": self._reason.name,
            "reason": self._reason.text,
            "position": _describe(innermost),
            "stack": [_describe(state) for state in stack],
            "elapsed": run.elapsed(),
            "path": list(sys.path),
            "environ": run.environment.changes(),
            "modules": [_module(sys.modules[name], name) for name in own],
            "own": own,
            "imports": [*run.own.through_modules(), *_imports(run.book, own)],
            "sources": {p: run.stored.keep_source(s.text) for p, s in run.book.own.items()},
            "seen": seen(run, again=_checked_again(self._frame, innermost, run.book)),
            "notes": self._notes(session, root),
            "versions": versions(),
            "output": _output_offsets(),
            "once": run.once.write(),
            "drawn": run.entropy.drawn if run.entropy is not None else 0,
            "training": vars(run.sentinel.count) if run.sentinel is not None else None,
        }

    def _notes(self, session: Session, root: dict[str, Any]) -> list[dict[str, str]]:
        told = {id(obj) for obj, _ in session.missing}
        notes = [*session.notes, *threads.under_way(told, self._run.book.own)]
        return [vars(note) for note in notes] + _missing(session, root)


def _outermost(frame: types.FrameType) -> types.FrameType:
    """The frame of the script's own module."""
    main = sys.modules["__main__"].__dict__
    found = None
    current: types.FrameType | None = frame
    while current is not None:
        if current.f_globals is main and current.f_code.co_name == "<module>":
            found = current
        current = current.f_back
    if found is None:
        raise Unknown("it was asked for outside the script")
    return found


def versions() -> dict[str, str]:
    """The versions that a savepoint depends on."""
    found = {"python": platform.python_version(), "midrun": _own_version()}
    for name in ("torch", "numpy"):
        module = sys.modules.get(name)
        if module is not None:
            found[name] = str(getattr(module, "__version__", "?"))
    return found


@functools.cache
def _own_version() -> str:
    from importlib.metadata import version  # 13 ms, which an empty script need not wait

    return version("midrun")


def _namespace(module: types.ModuleType) -> dict[str, Any]:
    left_out = _NOT_SAVED | installed_names(module.__dict__)
    return {name: value for name, value in module.__dict__.items() if name not in left_out}


def _module(module: types.ModuleType, name: str) -> dict[str, Any]:
    path = getattr(module, "__path__", None)
    return {
        "name": name,
        "file": getattr(module, "__file__", None),
        "path": list(path) if path is not None else None,
        "spec": module.__spec__.name if module.__spec__ is not None else None,
    }


def _imports(book: Book, own: list[str]) -> list[str]:
    """The modules of libraries that the program's own files name in their imports. Others come in
    by these; but `import a.b` leaves nothing in a namespace that names `a.b`."""
    named = {name for source in book.own.values() for name in source.imported_modules}
    return sorted(name for name in named if name in sys.modules and name not in own)


def _describe(state: FrameState) -> dict[str, Any]:
    text = linecache.getline(state.file, state.position.line).strip()
    return {
        "file": state.file,
        "line": state.position.line,
        "function": state.name,
        "text": text,
    }


def seen(run: Run, again: int = -1) -> dict[str, list[tuple[int, int, int | None]]]:
    """The blocks that have run, by file: line, column, and how often, if that is known; block
    `again` once less."""
    places: dict[str, list[tuple[int, int, int | None]]] = {}
    for number in sorted(run.seen):
        path, line, column = run.book.blocks.places[number]
        passes = run.flags.passes(number)
        if number == again and passes is not None:
            passes -= 1
        places.setdefault(path, []).append((line, column, passes))
    return places


def _checked_again(frame: types.FrameType, state: FrameState, book: Book) -> int:
    """The block of a `while` that stands before its test in a later round: a program that continues
    there makes the check before it once more. -1 if there is none."""
    source = book.own.get(state.file)
    if source is None or state.position.kind != "before":
        return -1
    function = source.functions[state.function]
    node = node_at(function.root, state.position.path)
    at = next(itertools.islice(frame.f_code.co_positions(), frame.f_lasti // 2, None))
    is_check = at[:1] == at[1:2] and at[2:3] == at[3:]
    if not isinstance(node, ast.While) or is_check:
        return -1
    return book.blocks.known(state.file, node.lineno, node.col_offset)


def _missing(session: Session, root: dict[str, Any]) -> list[dict[str, str]]:
    found = []
    for obj, why in session.missing:
        name = f"{type(obj).__module__}.{type(obj).__qualname__}"
        found.append({"kind": "missing", "what": f"{path_to(obj, root)} ({name})", "why": why})
    return found


def path_to(target: Any, root: dict[str, Any]) -> str:
    """How the program would write `target`, found by a search from its modules and frames."""
    todo: list[tuple[str, Any]] = [
        (name if module == "__main__" else f"{module}.{name}", value)
        for module, namespace in root["modules"].items()
        for name, value in namespace.items()
    ]
    for state in root["stack"]:
        if state is not None:
            todo += [
                (f"{state.name}().{key.removeprefix('local ')}", value)
                for key, value in state.values.items()
            ]
    seen: set[int] = set()
    for path, value in todo:  # grows as it goes: a search in breadth
        if value is target:
            return path
        if id(value) in seen or len(seen) > 100_000:
            continue
        seen.add(id(value))
        if isinstance(value, dict):
            todo += [(f"{path}[{key!r}]", item) for key, item in list(value.items())]
        elif isinstance(value, list | tuple):
            todo += [(f"{path}[{index}]", item) for index, item in enumerate(value)]
        elif hasattr(value, "__dict__") and not isinstance(value, types.ModuleType | Missing):
            todo += [(f"{path}.{key}", item) for key, item in vars(value).items()]
    return "an object"


def _output_offsets() -> dict[str, int]:
    """How much has been written to stdout and stderr, where they are files."""
    offsets = {}
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        stream = getattr(sys, f"__{name}__")
        try:
            if stream is not None:
                stream.flush()
            offsets[name] = os.lseek(descriptor, 0, os.SEEK_CUR)
        except (OSError, ValueError):
            offsets[name] = -1
    return offsets
