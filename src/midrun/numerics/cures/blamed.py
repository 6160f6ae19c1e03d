"""The expression that is to blame, as the rules of remedies see it."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from midrun.numerics.cures.edits import Edit, File, Node
from midrun.numerics.finding import Finding, Line

_MODULES = {"torch", "F", "functional", "nn", "special", "linalg", "math", "np", "numpy", "fft"}
_HALVES = ("float16", "bfloat16")
_ARITHMETIC = {
    "div": ast.Div, "divide": ast.Div, "true_divide": ast.Div, "mul": ast.Mult,
    "multiply": ast.Mult, "sub": ast.Sub, "subtract": ast.Sub, "add": ast.Add,
    "matmul": ast.MatMult, "mm": ast.MatMult, "bmm": ast.MatMult, "pow": ast.Pow,
}  # fmt: skip


@dataclass(frozen=True)
class Remedy:
    """A change that may cure. `hides` is true of one that keeps the defect and hides it."""

    kind: str
    title: str
    edit: Edit
    hides: bool = False


@dataclass(frozen=True)
class Blamed:
    """`node` is the expression at `line`, None where it is not known; `open` gives any file of the
    program."""

    found: Finding
    line: Line
    file: File
    node: Node | None
    open: Callable[[str], File]

    @property
    def cause(self) -> str:
        return self.found.cause

    @property
    def is_half(self) -> bool:
        """Whether an operand is in half precision."""
        return any(half in operand for half in _HALVES for operand in self.found.operands)

    @property
    def tiny(self) -> str:
        """An epsilon that is as small as the operands' precision allows."""
        return "1e-4" if self.is_half else "1e-12"

    @property
    def small(self) -> str:
        """An epsilon that leaves derivatives room, too."""
        return "1e-4" if self.is_half else "1e-6"

    @property
    def large(self) -> str:
        """What stands for infinity, and may be added and multiplied some times."""
        return "1e4" if self.is_half else "1e9"

    @property
    def statement(self) -> ast.stmt | None:
        """The statement that it is, or is part of."""
        if self.node is not None:
            return self.file.statement_of(self.node)
        return self.file.statement(self.line.line)

    @functools.cached_property
    def called(self) -> tuple[str, list[ast.expr]]:
        """The name of what is called, and its operands: `x` and `y` of `torch.xlogy(x, y)` and of
        `x.xlogy(y)`."""
        return function(self.node)

    @property
    def name(self) -> str:
        """What is called, without the mark of what works in place: `log` for `x.log_()`."""
        return self.called[0].rstrip("_")

    @property
    def in_place(self) -> bool:
        """Whether it changes its first operand."""
        return self.called[0].endswith("_") and not self.called[0].startswith("clip_grad")

    @property
    def operands(self) -> list[ast.expr]:
        return self.called[1]

    @property
    def arithmetic(self) -> tuple[type[ast.operator], ast.expr, ast.expr] | None:
        """The operator and its two operands, of `x / y`, `x /= y` and `torch.div(x, y)`."""
        node = self.node
        if isinstance(node, ast.BinOp):
            return type(node.op), node.left, node.right
        if isinstance(node, ast.AugAssign):
            return type(node.op), node.target, node.value
        if self.name in _ARITHMETIC and len(self.operands) > 1:
            return _ARITHMETIC[self.name], self.operands[0], self.operands[1]
        return None

    @functools.cached_property
    def constructors(self) -> list[ast.Call]:
        """The calls that made the object which is called: `nn.LSTM(8, 8)` of `self.lstm(x)`."""
        if not isinstance(self.node, ast.Call):
            return []
        made = self.file.assigned(self.file.text_of(self.node.func))
        return [value for value in made if isinstance(value, ast.Call)]

    def change(self, kind: str, title: str, *changes: tuple[ast.expr, str]) -> Remedy:
        """Other text in place of some expressions: of the blamed one or its parts also where it
        stands once more in the statement."""
        also = [
            (twin, text)
            for twins in self._twins
            for node, text in changes
            if isinstance(twin := twins.get(node), ast.expr)
        ]
        return Remedy(kind, title, self.file.replace(*changes, *also))

    @functools.cached_property
    def _twins(self) -> list[dict[ast.AST, ast.AST]]:
        """For each other place in the statement at which the same expression stands, what there
        stands for each part of this one."""
        node = self.node
        if not isinstance(node, ast.Call | ast.BinOp):
            return []
        wanted = ast.dump(node)
        inside = ast.walk(self.statement or node)
        same = [twin for twin in inside if twin is not node and ast.dump(twin) == wanted]
        return [dict(zip(ast.walk(node), ast.walk(twin), strict=True)) for twin in same]

    def insert(
        self, kind: str, title: str, statement: ast.stmt | None, lines: list[str]
    ) -> Iterator[Remedy]:
        """New lines before a statement, where that can be done."""
        change = self.file.before(statement, lines) if statement is not None else None
        if change is not None:
            yield Remedy(kind, title, self.file.edit(change))

    def tensors(self) -> list[ast.Name]:
        """The names in the expression that may be of tensors: not those of modules, functions,
        classes, and of what is called."""
        if self.node is None:
            return []
        called = {n.func for n in ast.walk(self.node) if isinstance(n, ast.Call)}
        return [
            node
            for node in ast.walk(self.node)
            if isinstance(node, ast.Name)
            and isinstance(node.ctx, ast.Load)
            and node not in called
            and node.id not in ("self", "cls", *self._defined)
        ]

    @functools.cached_property
    def _defined(self) -> set[str]:
        """The names that imports, functions and classes have."""
        names: set[str] = set()
        for node in ast.walk(self.file.tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names |= {(a.asname or a.name).split(".")[0] for a in node.names}
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                names.add(node.name)
        return names


def function(node: ast.AST | None) -> tuple[str, list[ast.expr]]:
    """The name of what a call calls, and its operands, a method's object the first."""
    if not isinstance(node, ast.Call):
        return "", []
    if isinstance(node.func, ast.Name):
        return node.func.id, node.args
    if not isinstance(node.func, ast.Attribute):
        return "", []
    owner = node.func.value
    last = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    if last in _MODULES or last == "self":
        return node.func.attr, node.args
    return node.func.attr, [owner, *node.args]


def with_keyword(file: File, call: ast.Call, keyword: str, value: str) -> tuple[ast.expr, str]:
    """A change of a call: another value of a keyword argument, or the argument anew."""
    given = next((k.value for k in call.keywords if k.arg == keyword), None)
    if given is not None:
        return given, value
    text = file.text_of(call)[:-1].rstrip()
    between = "" if text.endswith("(") else " " if text.endswith(",") else ", "
    return call, f"{text}{between}{keyword}={value})"
