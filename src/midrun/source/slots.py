"""What lies on a frame's value stack at a position, told from the tree.

Statements begin with an expression stack that is empty, so at the bottom of the value stack lies
one entry for each enclosing block that keeps one (a `for` its iterator, a `with` its exit, a
handler the exception that was being handled before), and above it the operands that the statement
has evaluated so far. Evaluation order and block layout are fixed by the language and by CPython's
compiler (Python/compile.c, 3.11 to 3.13). Where a construct's layout is not modelled here, the
answer is Unknown, and the depth found from the bytecode (see `depth`) checks each answer.
"""

from __future__ import annotations

import ast
import itertools
import sys
from dataclasses import dataclass
from typing import Literal

from midrun.source.module import Function
from midrun.source.positions import Path, Position, Unknown, step_into

Role = Literal[
    "iterator",  # of a `for`; of a loop that was continued it is a `Peeled` (see `continuing`)
    "peeled",  # the same for a `while`, which has no entry otherwise
    "exit",  # of a `with` item
    "handled",  # in an `except`: the exception that was being handled before
    "raised",  # in a `finally` that was entered by an exception: that exception
    "returned",  # in a `finally` that was entered by a return: its value
    "operand",  # an expression that was evaluated
    "callee",  # the two entries for the function of a call whose arguments are being evaluated
    "null",  # a marker that CPython pushes before some calls
    "delegate",  # the iterator of a `yield from`
]
_WIDTH = {"callee": 2}
_MANY = 30  # STACK_USE_GUIDELINE in compile.c: longer calls and displays are built piece by piece
_NULL_FIRST = sys.version_info < (3, 13)


@dataclass(frozen=True)
class Slot:
    """`path` leads from the function's body to the statement or expression that it belongs to;
    `index` counts the items of a `with`."""

    role: Role
    path: Path
    index: int = 0

    @property
    def width(self) -> int:
        return _WIDTH.get(self.role, 1)


Layout = tuple[Slot, ...]


def layouts(function: Function, position: Position) -> list[Layout]:
    """The possible contents of the value stack at `position`, bottom first.

    There is more than one where the same place in the source is reached in several ways: a
    `finally` (normally, by an exception, by a return), and the body of a `while` that may be a
    continued one. Raises Unknown.
    """
    choices: list[list[Layout]] = []
    node: ast.AST = function.root
    for depth, step in enumerate(position.path):
        choices.append(_block_slots(node, step, position.path[:depth]))
        if step[1] < len(getattr(node, step[0])):  # else it is the end of the innermost block
            node = step_into(node, step)
    own: list[Slot] = []
    if position.kind == "next":
        own.append(Slot("iterator", position.path))
    elif position.kind in ("call", "yield"):
        path = position.path
        for step in position.within:
            own += _operands(node, step, path)
            node = step_into(node, step)
            path = (*path, step)
        if isinstance(node, ast.YieldFrom):
            own.append(Slot("delegate", path))
    choices.append([tuple(own)])
    return [tuple(itertools.chain(*choice)) for choice in itertools.product(*choices)]


def _block_slots(node: ast.AST, step: tuple[str, int], path: Path) -> list[Layout]:
    field, _ = step
    match node, field:
        case ast.For(), "body":
            return [(Slot("iterator", path),)]
        case ast.While(), "body":
            return [(), (Slot("peeled", path),)]
        case ast.With(), "body":
            return [tuple(Slot("exit", path, item) for item in range(len(node.items)))]
        case ast.Try(), "handlers":
            return [(Slot("handled", (*path, step)),)]
        case ast.Try(), "finalbody":
            raised = (Slot("handled", path), Slot("raised", path))
            return [(), (Slot("returned", path),), raised]
        case ((ast.AsyncFor() | ast.AsyncWith() | ast.TryStar() | ast.ClassDef()), _):
            raise Unknown(f"line {node.lineno} is a {type(node).__name__}")
    return [()]


def _operands(node: ast.AST, step: tuple[str, int], path: Path) -> list[Slot]:
    """What `node` has pushed by the time that its child at `step` is evaluated."""
    field, index = step

    def pushed(*steps: tuple[str, int]) -> list[Slot]:
        return [Slot("operand", (*path, s)) for s in steps]

    def earlier(field: str, count: int) -> list[Slot]:
        return pushed(*((field, k) for k in range(count)))

    match node, field:
        case ((ast.Expr() | ast.Return() | ast.Assign() | ast.AnnAssign()), "value"):
            return []
        case ast.AugAssign(), "value":
            return _augmented(node, path)
        case ((ast.If() | ast.While() | ast.Assert()), "test"):
            return []
        case (ast.For(), "iter") | (ast.Match(), "subject") | (ast.Raise(), "exc"):
            return []
        case ast.With(), "items":
            return [Slot("exit", path, item) for item in range(index)]
        case ast.withitem(), "context_expr":
            return []
        case ast.Call(), "func":
            split = _NULL_FIRST and not _is_method_call(node)
            return [Slot("null", path)] if split else []
        case ast.Call(), "args" | "keywords":
            _refuse_if(_is_spread(node), node)
            before = earlier("args", index if field == "args" else len(node.args))
            if field == "keywords":
                before += pushed_keywords(path, index)
            return [Slot("callee", (*path, ("func", -1))), *before]
        case ast.keyword(), "value":
            return []
        case ast.BinOp(op=ast.Mod(), left=ast.Constant(), right=ast.Tuple()), "right":
            # `"%s" % (a, b)` is compiled as if it were an f-string (Python/ast_opt.c).
            raise Unknown(f"line {node.lineno} is formatting a string")
        case ast.BinOp(), "right":
            return pushed(("left", -1))
        case ast.Compare(), "comparators":
            return pushed(("comparators", index - 1) if index else ("left", -1))
        case (ast.BoolOp(), "values") | (ast.UnaryOp(), "operand") | (ast.IfExp(), _):
            return []
        case ((ast.BinOp() | ast.Compare()), "left"):
            return []
        case (
            (ast.Attribute() | ast.NamedExpr() | ast.Subscript() | ast.FormattedValue()),
            "value",
        ):
            return []
        case ((ast.Yield() | ast.YieldFrom()), "value"):
            return []
        case ast.Subscript(), "slice":
            return pushed(("value", -1))
        case ast.Slice(), "lower" | "upper" | "step":
            # A missing bound before this one is pushed as None.
            names = ("lower", "upper", "step")
            return pushed(*((name, -1) for name in names[: names.index(field)]))
        case ((ast.Tuple() | ast.List() | ast.Set()), "elts"):
            spread = any(isinstance(e, ast.Starred) for e in node.elts)
            _refuse_if(spread or len(node.elts) > _MANY, node)
            return earlier("elts", index)
        case ast.JoinedStr(), "values":
            _refuse_if(len(node.values) > _MANY, node)
            return earlier("values", index)
        case ast.Dict(), "values":
            _refuse_if(None in node.keys or 2 * len(node.keys) > _MANY, node)
            if len(node.keys) > 1 and all(isinstance(k, ast.Constant) for k in node.keys):
                return earlier("values", index)
            both = [s for k in range(index) for s in (("keys", k), ("values", k))]
            return pushed(*both, ("keys", index))
    raise Unknown(f"line {getattr(node, 'lineno', '?')} is in a {type(node).__name__}")


def pushed_keywords(path: Path, count: int) -> list[Slot]:
    """The operands of a call's first `count` keyword arguments."""
    return [Slot("operand", (*path, ("keywords", k), ("value", -1))) for k in range(count)]


def _augmented(node: ast.AugAssign, path: Path) -> list[Slot]:
    target = (*path, ("target", -1))
    match node.target:
        case ast.Name():
            return [Slot("operand", target)]
        case ast.Attribute():
            return [Slot("operand", (*target, ("value", -1))), Slot("operand", target)]
        case ast.Subscript(slice=slice_) if not isinstance(slice_, ast.Slice):
            container = Slot("operand", (*target, ("value", -1)))
            key = Slot("operand", (*target, ("slice", -1)))
            return [container, key, Slot("operand", target)]
    raise Unknown(f"line {node.lineno} assigns to a slice")


def _is_spread(node: ast.Call) -> bool:
    """Whether the call is made from a tuple and a dict (CALL_FUNCTION_EX)."""
    return (
        any(isinstance(a, ast.Starred) for a in node.args)
        or any(k.arg is None for k in node.keywords)
        or len(node.args) + 2 * len(node.keywords) > _MANY
    )


def _is_method_call(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and not _is_spread(node)


def _refuse_if(condition: bool, node: ast.expr) -> None:
    if condition:
        raise Unknown(f"line {node.lineno} builds its operands piece by piece")
