"""Edits at the level of modules: what is new or changed there is done once, on resume.

Function bodies need nothing of it: their code comes from the edited source anyway. What stands in
a module's own body, and had run, is run again where it is new or changed: definitions, imports,
assignments and other simple statements. Loops, `with` blocks and the `if __name__` block are left
as they are and named as stale. Functions and classes keep their identity, since others hold them
(see `graft`).
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from midrun.errors import MidrunError
from midrun.run.again import Again
from midrun.run.edits import Edits
from midrun.run.graft import graft_class, graft_function
from midrun.source.book import Book
from midrun.source.changes import Change, bound_by, changes, global_names, runs_again
from midrun.source.likeness import defined_name, text_of
from midrun.source.module import Source
from midrun.state.frames import FrameState

if TYPE_CHECKING:
    from midrun.run.current import Run

_ABSENT = object()


@dataclass
class Module:
    """One of the program's own modules, with its source at the savepoint and now."""

    name: str
    old: Source
    new: Source


def apply_edits(
    modules: list[Module], edits: Edits, book: Book, outermost: FrameState, run: Run
) -> list[str]:
    """Do what is new or changed at the level of modules; returns remarks for the user.

    Of the module whose frame is `outermost`, only what stands before its position counts. Raises
    MidrunError (slug "edit-failed") if a changed statement fails, and what `Edits.moved` raises.
    """
    remarks: list[str] = []
    replaced: dict[str, dict[str, Any]] = {}
    for module in _imported_first(modules):
        if module.old.text == module.new.text:
            continue
        run_before = module_changes(module.old, module.new, *_ends(module, edits, outermost))
        task = _Task(module, run_before, edits, book)
        task.apply()
        remarks += task.remarks
        replaced[module.name] = task.replaced
    for module in _imported_first(modules):
        followed = _import_again(module, replaced)
        replaced.setdefault(module.name, {}).update(followed)
        edits.rebound.setdefault(module.new.path, set()).update(replaced[module.name])
    return remarks


def module_changes(old: Source, new: Source, old_end: int, new_end: int) -> list[Change]:
    """The changes among the statements that had run: the first `old_end` of the old module, which
    are the first `new_end` of the new one. What was only moved elsewhere, or into a block, is none
    of them."""
    found = changes(old.tree.body[:old_end], new.tree.body[:new_end])
    lost = {text_of(c.old) for c in found if c.old is not None and c.new is None}
    kept = {text_of(node) for node in ast.walk(new.tree) if isinstance(node, ast.stmt)} & lost
    return [c for c in found if c.new is not None or c.old is None or text_of(c.old) not in kept]


def describe(change: Change, old: Source, new: Source) -> str:
    """What is done about a change at module level, in a clause."""
    if change.new is None:
        assert change.old is not None
        return f"deleted: {_head(change.old, old)}"
    head = _head(change.new, new)
    what = "new" if change.old is None else "changed"
    if not runs_again(change.new):
        return f"{what}, not run again: {head}"
    return f"{what}, run now: {head}" if change.old is None else f"{what}, run again now: {head}"


def _head(statement: ast.stmt, source: Source, limit: int = 60) -> str:
    """A statement in the user's words, in short."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        keyword = "class" if isinstance(statement, ast.ClassDef) else "def"
        return f"{keyword} {statement.name}"
    text = source.text.splitlines()[statement.lineno - 1].strip()
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


def _ends(module: Module, edits: Edits, outermost: FrameState) -> tuple[int, int]:
    if module.name != outermost.module:
        return len(module.old.tree.body), len(module.new.tree.body)
    _, moved = edits.moved(outermost)
    return outermost.position.path[0][1], moved.position.path[0][1]


def _imported_first(modules: list[Module]) -> Iterator[Module]:
    """A module is entered in `sys.modules` before those that it imports, so backwards."""
    return reversed(modules)


class _Task:
    """The changes of one module, being done; `replaced` are the values that names had before."""

    def __init__(self, module: Module, pending: list[Change], edits: Edits, book: Book) -> None:
        self.remarks: list[str] = []
        self.replaced: dict[str, Any] = {}
        self._module = module
        self._changes = pending
        self._edits = edits
        self._namespace: dict[str, Any] = sys.modules[module.name].__dict__
        self._again = Again(module.old, module.new, self._namespace, book, edits)

    def apply(self) -> None:
        """Run what is to be run again, in the order of the source, and delete what is gone."""
        kept = global_names(self._module.new.tree)
        for change in self._changes:
            for name in bound_by(change.old) - kept if change.old is not None else ():
                self._namespace.pop(name, None)
            if change.new is None or not runs_again(change.new):
                self._remark(change)
            else:
                before = {name: self._namespace.get(name) for name in bound_by(change.new)}
                self._run(change)
                for name, value in before.items():
                    if self._namespace.get(name) is not value:
                        self.replaced.setdefault(name, value)
        self._module_doc()

    def _run(self, change: Change) -> None:
        new = change.new
        assert new is not None
        try:
            if not self._graft(change, new):
                self._again.execute([new])
                self._remark(change)
        except MidrunError:
            raise
        except Exception as error:
            place = f"{os.path.relpath(self._module.new.path)}:{new.lineno}"
            raise MidrunError(
                f"{place}: the changed statement was run again and failed with "
                f"{type(error).__name__}: {error}; mend it and resume again, the savepoint is "
                "untouched",
                slug="edit-failed",
            ) from error

    def _graft(self, change: Change, new: ast.stmt) -> bool:
        """Change a function or class that is there in place; False if the statement must run."""
        old, name = change.old, defined_name(new)
        if name is None or type(old) is not type(new):
            return False
        if isinstance(new, ast.ClassDef):
            assert isinstance(old, ast.ClassDef)
            held = self._namespace.get(name)
            if not isinstance(held, type) or held.__name__ != name:
                return False
            self._told(graft_class(held, [new], old, self._again))
            return True
        assert isinstance(old, ast.FunctionDef | ast.AsyncFunctionDef)
        assert isinstance(new, ast.FunctionDef | ast.AsyncFunctionDef)
        return graft_function(old, new, self._again)

    def _remark(self, change: Change) -> None:
        self._told([(change.line, describe(change, self._module.old, self._module.new))])

    def _told(self, remarks: list[tuple[int, str]]) -> None:
        path = os.path.relpath(self._module.new.path)
        self.remarks += [f"{path}:{line}: {text}" for line, text in remarks]

    def _module_doc(self) -> None:
        doc = ast.get_docstring(self._module.new.tree, clean=False)
        if ast.get_docstring(self._module.old.tree, clean=False) != doc:
            self._namespace["__doc__"] = doc


def _import_again(module: Module, replaced: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Let the names that a module imported from one where they were replaced follow, unless it has
    given them other values since; the values that they had."""
    followed: dict[str, Any] = {}
    namespace = sys.modules[module.name].__dict__
    package = namespace.get("__package__") or module.name.rpartition(".")[0]
    for statement in module.new.tree.body:
        if not isinstance(statement, ast.ImportFrom):
            continue
        origin = _absolute(statement, package)
        names = replaced.get(origin, {})
        for alias in statement.names:
            for name in names if alias.name == "*" else names.keys() & {alias.name}:
                target = alias.asname or name
                if namespace.get(target, _ABSENT) is names[name]:
                    followed[target] = namespace[target]
                    namespace[target] = getattr(sys.modules[origin], name)
    return followed


def _absolute(statement: ast.ImportFrom, package: str) -> str:
    if not statement.level:
        return statement.module or ""
    parts = package.split(".")
    parts = parts[: len(parts) - statement.level + 1]
    return ".".join([*parts, *([statement.module] if statement.module else [])])
