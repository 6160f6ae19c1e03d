"""Edits of a source file, found by the place of an expression in it."""

from __future__ import annotations

import ast
import difflib
import functools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from midrun.numerics.finding import Line

_SIMPLE = (ast.Name, ast.Call, ast.Attribute, ast.Subscript, ast.Constant)
Node = ast.expr | ast.AugAssign  # what may be at fault: `x / y`, and `x /= y`
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


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

    @property
    def is_code(self) -> bool:
        """Whether the new text can be compiled."""
        try:
            ast.parse(self.after)
        except SyntaxError:
            return False
        return True


class Change(NamedTuple):
    """Other text for some bytes of a file."""

    begin: int
    end: int
    text: str


class File:
    """A source file to be edited."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.tree = ast.parse(text)
        self._lines = text.encode().split(b"\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def at(self, line: Line) -> Node | None:
        """What stands at a place: the expression, or `x /= y`, with just these ends."""
        begin, end = self._bytes(line)
        wanted = (line.line, line.end_line, begin, end)
        for node in ast.walk(self.tree):
            if isinstance(node, Node) and wanted == (
                node.lineno, node.end_lineno, node.col_offset, node.end_col_offset,
            ):  # fmt: skip
                return node
            if isinstance(node, ast.Call) and _method(node) == (line.line, begin):
                return node
        return None

    def _bytes(self, line: Line) -> tuple[int, int]:
        """The columns of a place in bytes, as `ast` counts them."""
        first = self._lines[line.line - 1].decode()
        last = self._lines[line.end_line - 1].decode() if line.end_line > 0 else first
        return len(first[: line.column].encode()), len(last[: line.end_column].encode())

    def text_of(self, node: ast.AST) -> str:
        """The text of a node."""
        return ast.get_source_segment(self.text, node) or ""

    def source(self, node: ast.expr) -> str:
        """The text of an expression, in brackets unless it needs none before a dot."""
        text = self.text_of(node)
        return text if isinstance(node, _SIMPLE) else f"({text})"

    def statement(self, line: int) -> ast.stmt | None:
        """The innermost statement around a line."""
        found = [
            node
            for node in ast.walk(self.tree)
            if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or 0)
        ]
        return max(found, key=lambda node: (node.lineno, -(node.end_lineno or 0)), default=None)

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """What a node is part of, from the innermost."""
        while (parent := self._parents.get(node)) is not None:
            yield parent
            node = parent

    def statement_of(self, node: ast.AST) -> ast.stmt | None:
        """The statement that a node is, or is part of."""
        return next((n for n in (node, *self.around(node)) if isinstance(n, ast.stmt)), None)

    def function_of(self, node: ast.AST) -> Function | None:
        """The function that a node is part of."""
        return next((n for n in self.around(node) if isinstance(n, Function)), None)

    def assigned(self, target: str) -> Iterator[ast.expr]:
        """All that is assigned to a name, or to an attribute such as `self.norm`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Assign) and target in map(self.text_of, node.targets):
                yield node.value
            elif isinstance(node, ast.AnnAssign) and self.text_of(node.target) == target:
                yield from [node.value] if node.value is not None else []
            elif isinstance(node, ast.arguments):
                names = [a.arg for a in (*node.posonlyargs, *node.args)]
                pairs = [*zip(names[::-1], node.defaults[::-1], strict=False)]
                keywords = (a.arg for a in node.kwonlyargs)
                pairs += [(k, d) for k, d in zip(keywords, node.kw_defaults, strict=True) if d]
                yield from (default for name, default in pairs if name == target)

    @functools.cached_property
    def _parents(self) -> dict[ast.AST, ast.AST]:
        return {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    def change(self, node: ast.expr, text: str) -> Change:
        """Other text in place of an expression, in brackets where it needs them."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        begin = self._starts[node.lineno - 1] + node.col_offset
        end = self._starts[node.end_lineno - 1] + node.end_col_offset
        if not self._binds(node):
            return Change(begin, end, text)
        data = self.text.encode()
        has_brackets = data[:begin].endswith(b"(") and data[end:].startswith(b")")
        if isinstance(ast.parse(f"({text})", mode="eval").body, _SIMPLE):
            return Change(begin - has_brackets, end + has_brackets, text)
        return Change(begin, end, text if has_brackets else f"({text})")

    def _binds(self, node: ast.expr) -> bool:
        """Whether what stands around an expression would take a part of it, if it had several and
        no brackets."""
        parent = self._parents.get(node)
        if isinstance(parent, ast.Call):
            return parent.func is node
        if isinstance(parent, ast.Subscript):
            return parent.value is node
        return isinstance(parent, ast.Attribute | ast.BinOp | ast.UnaryOp | ast.Compare)

    def before(self, statement: ast.stmt, lines: list[str]) -> Change | None:
        """New lines before a statement, as far in as that; None where it does not begin its line,
        or is an `elif`."""
        indent = self._indent(statement)
        if indent is None or self._lines[statement.lineno - 1].lstrip().startswith(b"elif"):
            return None
        decorators = getattr(statement, "decorator_list", [])
        begin = self._starts[min(n.lineno for n in (statement, *decorators)) - 1]
        return Change(begin, begin, "".join(f"{indent}{line}\n" for line in lines))

    def after(self, statement: ast.stmt, lines: list[str]) -> Change | None:
        """New lines after a statement, as far in as that."""
        indent = self._indent(statement)
        assert statement.end_lineno is not None
        if indent is None or statement.end_lineno >= len(self._lines):
            return None
        begin = self._starts[statement.end_lineno]
        return Change(begin, begin, "".join(f"{indent}{line}\n" for line in lines))

    def indented(self, statement: ast.stmt) -> list[Change]:
        """Changes that put each line of a statement four columns further in."""
        assert statement.end_lineno is not None
        begins = self._starts[statement.lineno - 1 : statement.end_lineno]
        return [Change(begin, begin, "    ") for begin in begins]

    def _indent(self, statement: ast.stmt) -> str | None:
        """What stands before a statement on its line; None if that is more than space."""
        before = self._lines[statement.lineno - 1][: statement.col_offset].decode()
        return None if before.strip() else before

    def edit(self, *changes: Change) -> Edit:
        """All of `changes`, none of which overlaps another; those at one place in their order."""
        data = self.text.encode()
        in_order = sorted(changes, key=lambda change: change.begin)
        for change in reversed(in_order):
            data = data[: change.begin] + change.text.encode() + data[change.end :]
        return Edit(self.path, self.text, data.decode())

    def replace(self, *changes: tuple[ast.expr, str]) -> Edit:
        """Other text in place of expressions, none of which is part of another."""
        return self.edit(*(self.change(node, text) for node, text in changes))


def _method(call: ast.Call) -> tuple[int, int] | None:
    """Where the name of a method stands, if it is on a later line than what it is called on begins:
    there Python places the call (`update_start_location_to_match_attr` in its compile.c)."""
    method = call.func
    if not isinstance(method, ast.Attribute) or method.end_lineno in (None, method.lineno):
        return None
    assert method.end_lineno is not None
    assert method.end_col_offset is not None
    return method.end_lineno, method.end_col_offset - len(method.attr.encode())
