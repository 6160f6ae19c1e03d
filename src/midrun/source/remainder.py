"""What is left to run of a function that is cut at a position, as statements.

See `continuing` for the table of what becomes of each block.
"""

from __future__ import annotations

import ast
import copy
from typing import Any, TypeVar

from midrun.source.cut import BLOCK_ROLES, Cut, block_key, exception_key, returned_key
from midrun.source.hot import begun
from midrun.source.module import Function
from midrun.source.positions import Path, step_into

_Node = TypeVar("_Node", bound=ast.AST)
# Stands for the box in the tree; replaced in the compiled code.
BOX = "\0the box of a continuing frame"


def continuing_body(function: Function, cut: Cut) -> list[ast.stmt]:
    """The statements that are left to run."""
    return _Remainder(function, cut).body()


class _Remainder:
    def __init__(self, function: Function, cut: Cut) -> None:
        self.function = function
        self.cut = cut
        self.position = cut.position
        self._blocks = {
            slot: block_key(index)
            for index, slot in enumerate(s for s in cut.layout if s.role in BLOCK_ROLES)
        }

    def body(self) -> list[ast.stmt]:
        return self._rest(self.function.root, 0)

    def _key(self, path: Path, role: str, index: int = 0) -> str | None:
        for slot, key in self._blocks.items():
            if slot.path == path and slot.role == role and slot.index == index:
                return key
        return None

    def _handler_rank(self, path: Path) -> int:
        handlers = [slot.path for slot in self.cut.layout if slot.role == "handled"]
        return handlers.index(path)

    def _rest(self, node: ast.AST, depth: int) -> list[ast.stmt]:
        """What is left to do of the block that the position goes through at `depth`."""
        name, index = self.position.path[depth]
        block: list[ast.stmt] = getattr(node, name)
        if index == len(block):  # the statements after the position are gone
            return [begun(ast.copy_location(ast.Pass(), block[-1]))]
        return [*self._continued(block[index], depth + 1), *block[index + 1 :]]

    def _continued(self, node: ast.stmt, depth: int) -> list[ast.stmt]:
        path = self.position.path[:depth]
        if depth == len(self.position.path):
            return self._innermost(node, path)
        name = self.position.path[depth][0]
        match node, name:
            case ((ast.For() | ast.While()), "body"):
                return [self._loop(node, path, depth)]
            case ast.With(), "body":
                body = self._rest(node, depth)
                for index in reversed(range(len(node.items))):
                    key = self._key(path, "exit", index)
                    reenter = from_box("reenter", node.items[index].context_expr, key)
                    item = ast.withitem(reenter, None)
                    body = [_in_place_of(node, ast.With([item], body))]
                return body
            case ast.Try(), "body":
                return [begun(_like(node, body=self._rest(node, depth)))]
            case ast.Try(), "orelse":
                body = self._rest(node, depth)
                if not node.finalbody:
                    return body
                return [begun(_like(node, body=body, handlers=[], orelse=[]))]
            case ast.Try(), "handlers":
                return [self._handler(node, path, depth)]
            case ast.Try(), "finalbody":
                return self._finally(node, path, depth)
            case ast.Match(), "cases":
                return self._rest(node.cases[self.position.path[depth][1]], depth + 1)
        return self._rest(node, depth)

    def _loop(self, node: ast.For | ast.While, path: Path, depth: int) -> ast.stmt:
        """See `Peeled`."""
        if isinstance(node, ast.For):
            key = self._key(path, "iterator")
            iterable = from_box("take", node.iter, key)
            remaining: ast.stmt = begun(_like(node, iter=iterable))
        else:
            key = self._key(path, "peeled") or f"peeled {depth}"
            remaining = begun(_like(node))
        header = [node.iter] if isinstance(node, ast.For) and path in self.cut.new_headers else []
        place = node.iter if isinstance(node, ast.For) else node.test
        peel = from_box("peel", place, key, *header)
        target = ast.copy_location(ast.Attribute(ast.Constant(BOX), "target", ast.Store()), place)
        once = ast.For(target, peel, self._rest(node, depth), [remaining])
        return begun(ast.copy_location(once, node))

    def _handler(self, node: ast.Try, path: Path, depth: int) -> ast.stmt:
        index = self.position.path[depth][1]
        old = node.handlers[index]
        again = self._raise(old, (*path, ("handlers", index)))
        body = self._rest(old, depth + 1)
        handler = ast.copy_location(ast.ExceptHandler(None, old.name, body), old)
        if old.name:
            caught = ast.Attribute(ast.Constant(BOX), "everything", ast.Load())
            handler.type = ast.copy_location(caught, old)
            ast.copy_location(caught.value, old)
        return begun(_like(node, body=[again], handlers=[handler], orelse=[]))

    def _finally(self, node: ast.Try, path: Path, depth: int) -> list[ast.stmt]:
        rest = self._rest(node, depth)
        if self._key(path, "raised"):
            body: list[ast.stmt] = [self._raise(node, path)]
            return [begun(_like(node, body=body, handlers=[], orelse=[], finalbody=rest))]
        if key := self._key(path, "returned"):
            value = from_box("take", node, key)
            return [*rest, _in_place_of(node, ast.Return(value))]
        rank = sum(name == "finalbody" for name, _ in path)
        match self.cut.left_by.get(rank):
            case "Break":
                rest.append(_in_place_of(node, ast.Break()))
            case "Continue":
                rest.append(_in_place_of(node, ast.Continue()))
            case "Return":
                value = from_box("take", node, returned_key(rank))
                rest.append(_in_place_of(node, ast.Return(value)))
        return rest

    def _raise(self, place: ast.stmt | ast.ExceptHandler, path: Path) -> ast.stmt:
        exception = from_box("take", place, exception_key(self._handler_rank(path)))
        return begun(ast.copy_location(ast.Raise(exception, None), place))

    def _innermost(self, node: ast.stmt, path: Path) -> list[ast.stmt]:
        if self.position.kind == "before":
            return [node]
        if self.position.kind == "next":
            assert isinstance(node, ast.For)
            header = [node.iter] if path in self.cut.new_headers else []
            iterator = from_box("loop", node.iter, self._key(path, "iterator"), *header)
            return [begun(_like(node, iter=iterator))]
        if isinstance(node, ast.With):
            return self._with_under_way(node, path)
        new = self._rewritten(node, path, self.position.within)
        assert isinstance(new, ast.stmt)
        if isinstance(new, ast.While):
            assert isinstance(node, ast.While)
            first = from_box("first", node.test, "first test")
            new.test = ast.copy_location(ast.IfExp(first, new.test, node.test), node.test)
        return [begun(new)]

    def _with_under_way(self, node: ast.With, path: Path) -> list[ast.stmt]:
        """A call in the header of a `with`: the items before it have been entered."""
        step, *within = self.position.within
        current = self._rewritten(node.items[step[1]], (*path, step), tuple(within))
        assert isinstance(current, ast.withitem)
        items = [current, *node.items[step[1] + 1 :]]
        body: list[ast.stmt] = [begun(_like(node, items=items))]
        for index in reversed(range(step[1])):
            key = self._key(path, "exit", index)
            item = ast.withitem(from_box("reenter", node.items[index].context_expr, key), None)
            body = [_in_place_of(node, ast.With([item], body))]
        return body

    def _rewritten(self, node: ast.AST, path: Path, within: Path) -> ast.AST:
        """`node` with what it has already done replaced by its results."""
        if not within:
            assert isinstance(node, ast.expr)
            return self._stand_in(node)
        step = within[0]
        name, index = step
        inner = self._rewritten(step_into(node, step), (*path, step), within[1:])
        new = copy.copy(node)
        match node, name:
            case ast.BoolOp(), "values":
                assert isinstance(new, ast.BoolOp)
                new.values = [inner, *node.values[index + 1 :]]  # type: ignore[list-item]
                return new if len(new.values) > 1 else inner
            case ast.IfExp(), "body" | "orelse":
                return inner
            case ast.Compare(), "comparators":
                assert isinstance(new, ast.Compare)
                left = ("comparators", index - 1) if index else ("left", -1)
                new.left = self._operand(node, left, path)
                new.ops = node.ops[index:]
                new.comparators = [inner, *node.comparators[index + 1 :]]  # type: ignore[list-item]
                return new
        for other, value in ast.iter_fields(node):
            if isinstance(value, list):
                items = [
                    inner if (other, k) == step else self._evaluated(item, (*path, (other, k)))
                    for k, item in enumerate(value)
                ]
                setattr(new, other, items)
            elif other == name:
                setattr(new, other, inner)
            elif isinstance(node, ast.AugAssign) and isinstance(value, ast.expr):
                setattr(new, other, self._target(value, (*path, (other, -1))))
            elif isinstance(value, ast.AST):
                setattr(new, other, self._evaluated(value, (*path, (other, -1))))
        return new

    def _target(self, node: ast.expr, path: Path) -> ast.expr:
        """The target of an augmented assignment, which is read again, without its side effects."""
        new = copy.copy(node)
        for name in ("value", "slice"):
            part = getattr(node, name, None)
            if isinstance(part, ast.AST):
                setattr(new, name, self._evaluated(part, (*path, (name, -1))))
        return new

    def _operand(self, node: ast.AST, step: tuple[str, int], path: Path) -> ast.expr:
        result = self._evaluated(step_into(node, step), (*path, step))
        assert isinstance(result, ast.expr)
        return result

    def _evaluated(self, node: Any, path: Path) -> Any:
        if isinstance(node, ast.keyword):
            value = self._evaluated(node.value, (*path, ("value", -1)))
            return ast.copy_location(ast.keyword(node.arg, value), node)
        key = self.cut.operands.get(path)
        return from_box("take", node, key) if key is not None else node

    def _stand_in(self, node: ast.expr) -> ast.expr:
        if isinstance(node, ast.Yield):
            return _like(node, value=None)
        if isinstance(node, ast.YieldFrom):
            method = "take" if self.cut.inner == "delegate" else "delegate"
            return _like(node, value=from_box(method, node, "delegate"))
        if self.cut.inner == "value":
            return from_box("take", node, "inner value")
        arguments = [from_box("take", node, "inner argument")] if self.cut.inner_argument else []
        call = ast.Call(from_box("take", node, "inner"), arguments, [])
        result: ast.expr = ast.copy_location(call, node)
        if self.cut.inner == "construct":
            both = ast.Tuple([result, from_box("take", node, "instance")], ast.Load())
            ast.copy_location(both, node)
            result = ast.Subscript(both, ast.Constant(1), ast.Load())
            ast.copy_location(result, node)
        return result


def from_box(method: str, place: ast.AST, key: str | None, *arguments: ast.expr) -> ast.expr:
    """A call of a method of the `Box` that the code will hold, with the place of `place`."""
    assert key is not None
    function = ast.Attribute(ast.Constant(BOX), method, ast.Load())
    call = ast.Call(function, [ast.Constant(key), *arguments], [])
    assert isinstance(place, ast.expr | ast.stmt | ast.ExceptHandler)
    for node in (call, function, function.value, call.args[0]):
        ast.copy_location(node, place)
    return call


def _in_place_of(node: ast.stmt, new: ast.stmt) -> ast.stmt:
    return begun(ast.copy_location(new, node))


def _like(node: _Node, **changes: Any) -> _Node:
    new = copy.copy(node)
    for name, value in changes.items():
        setattr(new, name, value)
    return new
