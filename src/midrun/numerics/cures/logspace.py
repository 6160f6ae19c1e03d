"""Logarithms of exponentials, and of their products, quotients and sums, without the exponentials:
what is too large or becomes 0 is never computed then.

    log(exp(a)[:, 0] / exp(a).sum(1))  ->  a[:, 0] - logsumexp(a, 1)
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator

from midrun.numerics.cures.blamed import Blamed, Remedy, function
from midrun.numerics.cures.edits import File, Function

_RESHAPES = (
    "squeeze", "unsqueeze", "view", "reshape", "flatten", "diag", "diagonal", "t", "transpose",
    "permute", "gather", "index_select", "expand", "contiguous", "float", "double", "to",
)  # fmt: skip
_DIMS = ("dim", "keepdim")


def log_of(blamed: Blamed) -> Iterator[Remedy]:
    """The logarithms that the blamed expression is, or goes into, in the same function."""
    node, file = blamed.node, blamed.file
    if node is None:
        return
    scope = file.function_of(node)
    changes: list[tuple[ast.expr, str]] = []
    gained: dict[str, str] = {}
    for log in ast.walk(scope or file.tree):
        name, operands = function(log)
        if name != "log" or len(operands) != 1 or file.function_of(log) is not scope:
            continue
        assert isinstance(log, ast.expr)
        within = _Logarithm(file, scope)
        text = _bare(within.of(operands[0]))
        if within.gained and node in (log, *within.passed):
            changes.append((log, text))
            gained |= within.gained
    if changes:
        yield blamed.change(next(iter(gained)), ", ".join(gained.values()), *changes)


class _Logarithm:
    """The text of the logarithm of an expression in a function. `passed` are the expressions that
    went into it, and `gained` are the kinds of what has become simpler, with their titles."""

    def __init__(self, file: File, scope: Function | None) -> None:
        self._file = file
        self._scope = scope
        self.passed: list[ast.expr] = []
        self.gained: dict[str, str] = {}

    def of(self, node: ast.expr) -> str:
        """It needs no brackets before a dot."""
        self.passed.append(node)
        source = self._file.source
        match node:
            case ast.Call():
                return self._of_call(node) or f"torch.log({self._file.text_of(node)})"
            case ast.Subscript():
                return f"{self.of(node.value)}[{self._file.text_of(node.slice)}]"
            case ast.BinOp(left, ast.Div(), right):
                return f"({self.of(left)} - {self.of(right)})"
            case ast.BinOp(left, ast.Mult(), right):
                return f"({self.of(left)} + {self.of(right)})"
            case ast.BinOp(left, ast.Add(), right) if not isinstance(right, ast.Constant):
                return f"torch.logaddexp({self.of(left)}, {self.of(right)})"
            case ast.BinOp(left, ast.Pow(), right):
                return f"({source(right)} * {self.of(left)})"
            case ast.Name(name) if (value := self._value(name)) is not None:
                return self.of(value)
            case ast.Constant(float() | int() as number) if number > 0:
                return repr(math.log(number))
        return f"torch.log({self._file.text_of(node)})"

    def _of_call(self, node: ast.Call) -> str | None:
        name, operands = function(node)
        text, source = self._file.text_of(node), self._file.source
        if not operands or text.startswith("self."):
            return None
        x = operands[0]
        if name == "exp":
            self.gained["log space"] = "no exp in a log"
            return source(x)
        if name == "softmax":
            self.gained["log_softmax"] = "log_softmax for log(softmax)"
            return text.replace("softmax", "log_softmax", 1)
        if name == "sigmoid":
            self.gained["logsigmoid"] = "logsigmoid for log(sigmoid)"
            return f"torch.nn.functional.logsigmoid({self._file.text_of(x)})"
        if name == "sqrt":
            return f"(0.5 * {self.of(x)})"
        given = [self._file.text_of(part) for part in (*operands[1:], *node.keywords)]
        if name == "sum" and all(k.arg in _DIMS for k in node.keywords):
            flat = "" if given else ".flatten()"
            return f"torch.logsumexp({self.of(x)}{flat}, {', '.join(given or ['0'])})"
        if name in _RESHAPES:
            return f"{self.of(x)}.{name}({', '.join(given)})"
        return None

    def _value(self, name: str) -> ast.expr | None:
        """What a name stands for: what is assigned to it, if that is done at one place of the
        function, and it is not changed elsewhere."""
        values = [v for v in self._file.assigned(name) if self._file.function_of(v) is self._scope]
        if len(values) != 1 or any(_is_name(part, name) for part in ast.walk(values[0])):
            return None
        changed = (_changed(node) for node in ast.walk(self._scope or self._file.tree))
        return None if any(_is_name(node, name) for node in changed) else values[0]


def _bare(text: str) -> str:
    """Without brackets around all of it."""
    whole = ast.parse(text, mode="eval").body
    inner = text[1:-1] if text.startswith("(") and text.endswith(")") else text
    try:
        return inner if ast.dump(ast.parse(inner, mode="eval").body) == ast.dump(whole) else text
    except SyntaxError:
        return text


def _is_name(node: ast.AST | None, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _changed(node: ast.AST) -> ast.expr | None:
    """What is changed by `x += 1`, by `x[0] = 1`, or by `x.add_(1)`."""
    match node:
        case ast.AugAssign(target):
            return target.value if isinstance(target, ast.Subscript) else target
        case ast.Assign([ast.Subscript(value)]):
            return value
        case ast.Call(ast.Attribute(value, name)) if name.endswith("_"):
            return value
    return None
