"""Edits of a source file, found by the place of an expression in it."""

from __future__ import annotations

import ast
import difflib
import os
from collections.abc import Iterator
from dataclasses import dataclass

from midrun.numerics.finding import Line

_SIMPLE = (ast.Name, ast.Call, ast.Attribute, ast.Subscript, ast.Constant)


@dataclass(frozen=True)
class Edit:
    """A file with another text."""

    path: str
    before: str
    after: str

    @property
    def diff(self) -> str:
        """As a unified diff, with paths relative to the current folder where that is shorter."""
        shown = os.path.relpath(self.path)
        shown = self.path if shown.startswith("..") else shown
        lines = difflib.unified_diff(
            self.before.splitlines(keepends=True), self.after.splitlines(keepends=True),
            f"a/{shown}", f"b/{shown}", n=1,
        )  # fmt: skip
        return "".join(lines)


class File:
    """A source file to be edited."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.tree = ast.parse(text)
        self._lines = text.encode().split(b"\n")

    def expression(self, line: Line) -> ast.expr | None:
        """The expression at a place: the one with just these ends."""
        wanted = (line.line, line.end_line, *self._bytes(line))
        for node in ast.walk(self.tree):
            if isinstance(node, ast.expr) and wanted == (
                node.lineno, node.end_lineno, node.col_offset, node.end_col_offset,
            ):  # fmt: skip
                return node
        return None

    def _bytes(self, line: Line) -> tuple[int, int]:
        """The columns of a place in bytes, as `ast` counts them."""
        first = self._lines[line.line - 1].decode()
        last = self._lines[line.end_line - 1].decode() if line.end_line > 0 else first
        return len(first[: line.column].encode()), len(last[: line.end_column].encode())

    def source(self, node: ast.expr) -> str:
        """The text of an expression, in brackets unless it needs none before a dot."""
        text = ast.get_source_segment(self.text, node) or ""
        return text if isinstance(node, _SIMPLE) else f"({text})"

    def replace(self, *changes: tuple[ast.expr, str]) -> Edit:
        """Other text in place of expressions, none of which is part of another."""
        data = self.text.encode()
        starts = [0]
        for line in self._lines:
            starts.append(starts[-1] + len(line) + 1)
        for node, text in sorted(changes, key=lambda c: (-c[0].lineno, -c[0].col_offset)):
            assert node.end_lineno is not None
            assert node.end_col_offset is not None
            begin = starts[node.lineno - 1] + node.col_offset
            end = starts[node.end_lineno - 1] + node.end_col_offset
            data = data[:begin] + text.encode() + data[end:]
        return Edit(self.path, self.text, data.decode())

    def insert_before(self, line: int, lines: list[str]) -> Edit | None:
        """New lines before the statement that holds a line, as far in as that."""
        statement = self._statement(line)
        if statement is None:
            return None
        rows = self.text.split("\n")
        row = rows[statement.lineno - 1]
        if row[: statement.col_offset].strip():
            return None  # something stands before it on its line
        indent = row[: len(row) - len(row.lstrip())]
        at = statement.lineno - 1
        rows[at:at] = [indent + text for text in lines]
        return Edit(self.path, self.text, "\n".join(rows))

    def _statement(self, line: int) -> ast.stmt | None:
        """The innermost statement around a line."""
        found = [
            node
            for node in ast.walk(self.tree)
            if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or 0)
        ]
        return max(found, key=lambda node: (node.lineno, -(node.end_lineno or 0)), default=None)

    def calls_on(self, line: int) -> Iterator[ast.Call]:
        """The calls in the statement that holds a line."""
        statement = self._statement(line)
        for node in ast.walk(statement) if statement is not None else ():
            if isinstance(node, ast.Call):
                yield node
