"""The edits of one file since a savepoint, each with what it had done by then.

| code  | edit                                                               | stale |
| ----- | ------------------------------------------------------------------ | ----- |
| MR001 | a function, or a part of one, that had not run                     | no    |
| MR002 | a function that had run                                            | yes   |
| MR003 | a function on the stack, where it had run                          | yes   |
| MR004 | a function on the stack, after the position                        | no    |
| MR005 | a header or a call that is under way                               | yes   |
| MR006 | a statement of a module that is run now, or again                  | if changed |
| MR007 | a statement of a module that is not run again                      | yes   |
| MR008 | a definition that was deleted                                      | if it ran |
| MR009 | a file that was deleted                                            | yes   |
| MR010 | what stands in a class beside its methods                          | yes   |
| MR011 | a function or a block on the stack that is gone: no resuming       | yes   |
"""

from __future__ import annotations

import ast
import os
from dataclasses import dataclass

from midrun.run.history import Frame, History, Ran
from midrun.run.modules import describe, module_changes
from midrun.source.align import Gone, move
from midrun.source.changes import (
    DEFINITIONS,
    Change,
    bound_by,
    changes,
    deep_changes,
    runs_again,
)
from midrun.source.likeness import pair_functions, same, same_all, same_header
from midrun.source.module import Function, Source

_HAD_RUN = "ran before this savepoint: its past effects are the old ones"


@dataclass(frozen=True)
class StaleEdit:
    """One edit since a savepoint.

    `name` is the function, class or file, `line` is in the source as it is now (or as it was, if
    the code is gone). `ran` says whether the old code had run, `stale` whether the savepoint would
    be another one if the new code had run instead.
    """

    code: str
    file: str
    line: int
    message: str
    name: str
    ran: bool
    stale: bool

    def __str__(self) -> str:
        return f"{os.path.relpath(self.file)}:{self.line}: {self.message}"


class FileEdits:
    """The edits of one file."""

    def __init__(self, old: Source, new: Source, history: History, *, is_main: bool) -> None:
        self._old, self._new, self._history = old, new, history
        self._pairs = pair_functions(old, new)
        self._found: list[StaleEdit] = []
        module = old.functions["<module>", 0]
        self._old_end, self._new_end = len(old.tree.body), len(new.tree.body)
        self._under_way = next(iter(history.frames_of(module)), None) if is_main else None

    def edits(self) -> list[StaleEdit]:
        if self._under_way is not None:
            self._old_end = self._under_way.position.path[0][1]
            self._new_end = self._end_of_module(self._under_way)
        self._modules()
        for function in self._old.functions.values():
            if function.name[0] != "<":
                self._function(function)
        for frame in self._history.frames:
            self._frame(frame)
        return self._found

    def _add(
        self, code: str, line: int, message: str, name: str, *, ran: bool, stale: bool
    ) -> None:
        self._found.append(StaleEdit(code, self._new.path, line, message, name, ran, stale))

    def _end_of_module(self, frame: Frame) -> int:
        try:
            moved = move(frame.function, frame.position, self._new.functions["<module>", 0])
        except Gone:
            return len(self._new.tree.body)
        return moved.position.path[0][1]

    def _modules(self) -> None:
        for change in module_changes(self._old, self._new, self._old_end, self._new_end):
            self._statement(change)
        if self._under_way is not None:
            rest = [
                change
                for change in deep_changes(self._old.tree.body, self._new.tree.body)
                if change.path[0][1] >= self._old_end and self._is_after(change)
            ]
            self._report(self._old.functions["<module>", 0], "the script", rest)

    def _is_after(self, change: Change) -> bool:
        if change.new is not None and change.new in self._new.tree.body[: self._new_end]:
            return False
        return not isinstance(change.new or change.old, DEFINITIONS)

    def _statement(self, change: Change) -> None:
        old, new = change.old, change.new
        text = describe(change, self._old, self._new)
        statement = new or old
        assert statement is not None
        name = ", ".join(sorted(bound_by(statement))) or "the module"
        if new is None:
            ran = not isinstance(old, DEFINITIONS) or self._any_ran(old)
            imports = isinstance(old, ast.Import | ast.ImportFrom)
            self._add("MR008", change.line, text, name, ran=ran, stale=ran and not imports)
        elif type(old) is type(new) and isinstance(new, ast.ClassDef):
            assert isinstance(old, ast.ClassDef)
            self._class(old, new)
        elif type(old) is type(new) and isinstance(new, DEFINITIONS):
            return  # told by what the function had done
        elif runs_again(new):
            imports = isinstance(new, ast.Import | ast.ImportFrom)
            stale = old is not None and not imports
            self._add("MR006", change.line, text, name, ran=old is not None, stale=stale)
        else:
            self._add("MR007", change.line, text, name, ran=old is not None, stale=True)

    def _any_ran(self, definition: ast.stmt | None) -> bool:
        """Whether anything in a definition had run."""
        nodes = {id(node) for node in ast.walk(definition)} if definition is not None else set()
        inside = [f for f in self._old.functions.values() if id(f.node) in nodes]
        return any(self._history.has_run(function) for function in inside)

    def _class(self, old: ast.ClassDef, new: ast.ClassDef) -> None:
        body = changes(old.body, new.body)
        for change in body:
            inner = change.old, change.new
            if isinstance(inner[0], ast.ClassDef) and isinstance(inner[1], ast.ClassDef):
                self._class(inner[0], inner[1])
                continue
            if isinstance(inner[0], DEFINITIONS) and isinstance(inner[1], DEFINITIONS):
                continue
            name = ", ".join(sorted(bound_by(change.new or change.old or old)))
            what = "deleted" if change.new is None else "new" if change.old is None else "changed"
            is_method = isinstance(change.new or change.old, DEFINITIONS)
            ran = not is_method or (change.new is None and self._any_ran(change.old))
            text = f"class {new.name}: {what}: {name or 'a statement'}"
            stale = ran and (change.old is not None)
            self._add("MR010", change.line, text, new.name, ran=ran, stale=stale)
        if not same_header(old, new):
            text = f"class {new.name}: its bases, keywords or decorators changed"
            self._add("MR010", new.lineno, text, new.name, ran=True, stale=True)

    def _function(self, old: Function) -> None:
        new = self._pairs.get(old.key)
        frames = self._history.frames_of(old)
        name = f"{old.qualname.replace('.<locals>', '')}()"
        if new is None:
            if frames:
                self._add(
                    "MR011",
                    old.first_line,
                    f"{name}: deleted while it was running",
                    name,
                    ran=True,
                    stale=True,
                )
            return
        found = list(deep_changes(old.body, new.body))
        if not found and _same_signature(old, new):
            if old.name != new.name:
                text = f"{name}: renamed to {new.name}()"
                self._add("MR001", new.first_line, text, name, ran=False, stale=False)
            return
        if not found:
            ran = self._history.has_run(old)
            text = f"{name}: its signature changed, {_HAD_RUN if ran else 'had not run'}"
            self._add("MR002" if ran else "MR001", new.first_line, text, name, ran=ran, stale=ran)
            return
        self._report(old, name, found)

    def _report(self, old: Function, name: str, found: list[Change]) -> None:
        """One line for all changes of one function."""
        frames = self._history.frames_of(old)
        found = [c for c in found if not self._is_header_under_way(c, frames)]
        if not found:
            return
        ran: dict[Ran, int] = {}
        for change in found:
            answer = self._history.statement(old, change.path, is_new=change.old is None)
            ran.setdefault(answer, change.line)
        if "yes" in ran and not frames:
            text, code = f"changed, {_HAD_RUN}", "MR002"
        elif "yes" in ran:
            text, code = f"changed where it had run, at line {ran['yes']}: not run again", "MR003"
        elif "rounds" in ran:
            text = f"changed in a loop under way, at line {ran['rounds']}: any earlier rounds ran"
            text, code = f"{text} the old code", "MR003"
        elif frames:
            text, code = "changed after the position", "MR004"
        elif self._history.has_run(old):
            text, code = "changed where it had not run", "MR001"
        else:
            text, code = "changed, had not run", "MR001"
        stale = code in ("MR002", "MR003")
        line = min(ran.values())
        self._add(code, line, f"{name}: {text}", name, ran=stale, stale=stale)

    def _is_header_under_way(self, change: Change, frames: list[Frame]) -> bool:
        """Whether the change is that of a header around a position: `_frame` tells of those."""
        return type(change.old) is type(change.new) and any(
            frame.position.path[: len(change.path)] == change.path
            and (len(frame.position.path) > len(change.path))
            for frame in frames
        )

    def _frame(self, frame: Frame) -> None:
        """What `move` has to say of a frame of the stack."""
        new = self._pairs.get(frame.function.key)
        if new is None:
            return
        renamed = {
            key[0].rpartition(".")[2]: function.name
            for key, function in self._pairs.items()
            if key[0].rpartition(".")[2] != function.name
        }
        name = frame.function.qualname
        try:
            moved = move(frame.function, frame.position, new, renamed=renamed)
        except Gone as gone:
            self._add("MR011", frame.position.line, str(gone), name, ran=True, stale=True)
            return
        for line, remark in moved.remarks:
            self._add("MR005", line, remark, name, ran=True, stale=True)


def _same_signature(old: Function, new: Function) -> bool:
    nodes = old.node, new.node
    if not isinstance(nodes[0], ast.FunctionDef | ast.AsyncFunctionDef):
        return True
    assert isinstance(nodes[1], ast.FunctionDef | ast.AsyncFunctionDef)
    return (
        type(nodes[0]) is type(nodes[1])
        and same(nodes[0].args, nodes[1].args)
        and same(nodes[0].returns, nodes[1].returns)
        and same_all(nodes[0].decorator_list, nodes[1].decorator_list)
    )
