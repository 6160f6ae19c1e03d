"""The continuing form: a function cut so that it starts at a position.

Statements before the position are dropped, blocks around it are entered without their headers:

| block            | continues as                                                         |
| ---------------- | -------------------------------------------------------------------- |
| for T in I: B    | for _ in Peeled: <rest of B>; else: for T in I: B  (see `Peeled`)      |
| while C: B       | the same, with `while C: B` in the else                              |
| if, match        | the rest of the branch that was taken                                |
| with             | `with Reentered`: the old `__exit__`, no `__enter__`                  |
| try              | try: <rest of the body>, with all its handlers                       |
| except H: B      | try: raise <the exception>; except: <rest of B>                      |
| finally: B       | <rest of B>, then what brought it there: exception, return, break ... |

In the innermost statement, a call in progress is replaced by a call of the inner frame's own
continuing function, and operands that had been evaluated by their values. All values come from one
`Box` (see `live`), a constant of the code.

Every node keeps its place in the user's file, so a continuing frame can be saved again like any
other: its position is found in the same tree.
"""

from __future__ import annotations

import ast
import copy
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from midrun.source.hot import fresh
from midrun.source.live import Box
from midrun.source.module import Function, Source, bound_names, mangle
from midrun.source.positions import Path, Position, step_into
from midrun.source.slots import Layout

_Node = TypeVar("_Node", bound=ast.AST)
_BOX = "\0the box of a continuing frame"
_FACTORY = "_@factory"
_SELF = "_@self"


@dataclass(frozen=True)
class Cut:
    """How a function is to be continued.

    `layout` is that of the position; `operands` names, for each operand in it, the key of its
    value, None where it is to be evaluated anew. `locals` are the plain local variables that are
    bound, `cells` the variables that live in cells, the function's own and those from around it.
    `inner` says what stands in for the expression in progress: "call" (another frame's function,
    with an argument if `inner_argument`), "construct" (the same, in an `__init__`; the value is the
    instance), "value", or "delegate" (a `yield from` whose generator is itself running). `left_by`
    tells how a `finally` was entered: "", "Return", "Break" or "Continue". `new_headers` holds the
    paths of the loops whose range was edited.
    """

    position: Position
    layout: Layout
    operands: dict[Path, str | None]
    locals: frozenset[str]
    cells: tuple[str, ...]
    inner: str = "value"
    inner_argument: bool = False
    left_by: dict[Path, str] = field(default_factory=dict)
    new_headers: frozenset[Path] = frozenset()


def block_key(index: int) -> str:
    """The key, in the box, of the value that a block holds; blocks count from outside."""
    return f"block {index}"


def local_key(name: str) -> str:
    """The key of a local variable."""
    return f"local {name}"


def operand_key(index: int) -> str:
    """The key of an operand of the innermost statement; operands count in evaluation order."""
    return f"operand {index}"


def exception_key(path: Path) -> str:
    """The key of the exception that is being handled in the `try` at `path`."""
    return f"exception {path}"


BLOCK_ROLES = ("iterator", "peeled", "exit", "handled", "raised", "returned")


def continuing_body(function: Function, cut: Cut) -> list[ast.stmt]:
    """The statements that are left to run."""
    return _Builder(function, cut).body()


def continuing_module(
    source: Source, cut: Cut, heat: Callable[[ast.Module], ast.Module], box: Box
) -> types.CodeType:
    """The code that continues the module itself."""
    body = _Builder(source.functions["<module>", 0], cut).body()
    tree = heat(fresh(ast.Module(body=body, type_ignores=[])))
    flags = source.future_flags
    code = compile(ast.fix_missing_locations(tree), source.path, "exec", flags, dont_inherit=True)
    return _with_box(code, box)


def continuing_function(
    source: Source,
    function: Function,
    cut: Cut,
    heat: Callable[[ast.FunctionDef], None],
    box: Box,
    *,
    is_generator: bool,
) -> types.CodeType:
    """The code that continues `function`; its free variables are among `cut.cells`.

    It may have one parameter, with the default None: see `_prologue`.
    """
    body = _Builder(function, cut).body()
    prologue, parameter = _prologue(function, cut, body)
    arguments = ast.arguments(
        posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[], vararg=None, kwarg=None
    )
    if parameter:
        arguments.args.append(ast.arg(arg=parameter))
        arguments.defaults.append(ast.Constant(None))
    definition = fresh(
        ast.FunctionDef(
            name=function.name, args=arguments, body=body, decorator_list=[], returns=None
        )
    )
    heat(definition)
    definition.body = [_Undeclared().visit(statement) for statement in definition.body]
    definition.body[:0] = [*_declarations(function, cut), *prologue]
    if is_generator:
        definition.body += _never([ast.Expr(ast.Yield(None))])
    definition.lineno = definition.end_lineno = function.first_line
    definition.col_offset = definition.end_col_offset = 0
    code = _compile_nested(source, function, definition, cut.cells)
    return _with_box(code, box)


class _Builder:
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

    def _rest(self, node: ast.AST, depth: int) -> list[ast.stmt]:
        """What is left to do of the block that the position goes through at `depth`."""
        name, index = self.position.path[depth]
        block: list[ast.stmt] = getattr(node, name)
        if index == len(block):  # the statements after the position are gone
            return [ast.copy_location(ast.Pass(), block[-1])]
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
                    reenter = self._box("reenter", node.items[index].context_expr, key)
                    item = ast.withitem(reenter, None)
                    body = [ast.copy_location(ast.With([item], body), node)]
                return body
            case ast.Try(), "body":
                return [_like(node, body=self._rest(node, depth))]
            case ast.Try(), "orelse":
                body = self._rest(node, depth)
                return [_like(node, body=body, handlers=[], orelse=[])] if node.finalbody else body
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
            iterable = self._box("take", node.iter, key)
            remaining: ast.stmt = _like(node, iter=iterable)
        else:
            key = self._key(path, "peeled") or f"peeled {depth}"
            remaining = node
        header = [node.iter] if isinstance(node, ast.For) and path in self.cut.new_headers else []
        place = node.iter if isinstance(node, ast.For) else node.test
        peel = self._box("peel", place, key, *header)
        target = ast.copy_location(ast.Attribute(ast.Constant(_BOX), "target", ast.Store()), place)
        once = ast.For(target, peel, self._rest(node, depth), [remaining])
        return ast.copy_location(once, node)

    def _handler(self, node: ast.Try, path: Path, depth: int) -> ast.stmt:
        index = self.position.path[depth][1]
        old = node.handlers[index]
        again = self._raise(old, (*path, ("handlers", index)))
        body = self._rest(old, depth + 1)
        handler = ast.copy_location(ast.ExceptHandler(None, old.name, body), old)
        if old.name:
            caught = ast.Attribute(ast.Constant(_BOX), "everything", ast.Load())
            handler.type = ast.copy_location(caught, old)
            ast.copy_location(caught.value, old)
        return _like(node, body=[again], handlers=[handler], orelse=[])

    def _finally(self, node: ast.Try, path: Path, depth: int) -> list[ast.stmt]:
        rest = self._rest(node, depth)
        if self._key(path, "raised"):
            return [
                _like(node, body=[self._raise(node, path)], handlers=[], orelse=[], finalbody=rest)
            ]
        if key := self._key(path, "returned"):
            value = self._box("take", node, key)
            return [*rest, ast.copy_location(ast.Return(value), node)]
        match self.cut.left_by.get(path):
            case "Break":
                rest.append(ast.copy_location(ast.Break(), node))
            case "Continue":
                rest.append(ast.copy_location(ast.Continue(), node))
            case "Return":
                value = self._box("take", node, f"returned {path}")
                rest.append(ast.copy_location(ast.Return(value), node))
        return rest

    def _raise(self, place: ast.stmt | ast.ExceptHandler, path: Path) -> ast.stmt:
        exception = self._box("take", place, exception_key(path))
        return ast.copy_location(ast.Raise(exception, None), place)

    def _innermost(self, node: ast.stmt, path: Path) -> list[ast.stmt]:
        if self.position.kind == "before":
            return [node]
        if self.position.kind == "next":
            assert isinstance(node, ast.For)
            header = [node.iter] if path in self.cut.new_headers else []
            iterator = self._box("loop", node.iter, self._key(path, "iterator"), *header)
            return [_like(node, iter=iterator)]
        if isinstance(node, ast.With):
            return self._with_under_way(node, path)
        new = self._rewritten(node, path, self.position.within)
        assert isinstance(new, ast.stmt)
        if isinstance(new, ast.While):
            assert isinstance(node, ast.While)
            first = self._box("first", node.test, "first test")
            new.test = ast.copy_location(ast.IfExp(first, new.test, node.test), node.test)
        return [new]

    def _with_under_way(self, node: ast.With, path: Path) -> list[ast.stmt]:
        """A call in the header of a `with`: the items before it have been entered."""
        step, *within = self.position.within
        current = self._rewritten(node.items[step[1]], (*path, step), tuple(within))
        assert isinstance(current, ast.withitem)
        items = [current, *node.items[step[1] + 1 :]]
        body: list[ast.stmt] = [_like(node, items=items)]
        for index in reversed(range(step[1])):
            key = self._key(path, "exit", index)
            item = ast.withitem(self._box("reenter", node.items[index].context_expr, key), None)
            body = [ast.copy_location(ast.With([item], body), node)]
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
        return self._box("take", node, key) if key is not None else node

    def _stand_in(self, node: ast.expr) -> ast.expr:
        if isinstance(node, ast.Yield):
            return _like(node, value=None)
        if isinstance(node, ast.YieldFrom):
            method = "take" if self.cut.inner == "delegate" else "delegate"
            return _like(node, value=self._box(method, node, "delegate"))
        if self.cut.inner == "value":
            return self._box("take", node, "inner value")
        arguments = [self._box("take", node, "inner argument")] if self.cut.inner_argument else []
        call = ast.Call(self._box("take", node, "inner"), arguments, [])
        result: ast.expr = ast.copy_location(call, node)
        if self.cut.inner == "construct":
            both = ast.Tuple([result, self._box("take", node, "instance")], ast.Load())
            ast.copy_location(both, node)
            result = ast.Subscript(both, ast.Constant(1), ast.Load())
            ast.copy_location(result, node)
        return result

    def _box(self, method: str, place: ast.AST, key: str | None, *arguments: ast.expr) -> ast.expr:
        assert key is not None
        function = ast.Attribute(ast.Constant(_BOX), method, ast.Load())
        call = ast.Call(function, [ast.Constant(key), *arguments], [])
        assert isinstance(place, ast.expr | ast.stmt | ast.ExceptHandler)
        for node in (call, function, function.value, call.args[0]):
            ast.copy_location(node, place)
        return call


class _Undeclared(ast.NodeTransformer):
    """Takes `global` and `nonlocal` out of a body; they stand at the head of the new function."""

    def visit_Global(self, node: ast.Global) -> ast.stmt:
        return ast.copy_location(ast.Pass(), node)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.stmt:
        return ast.copy_location(ast.Pass(), node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.stmt:
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.stmt:
        return node


def _prologue(
    function: Function, cut: Cut, body: list[ast.stmt]
) -> tuple[list[ast.stmt], str | None]:
    """The statements that bind the locals again, and the first parameter's name, if there is one.

    `super()` without arguments reads the first argument of its frame, so that one stays a
    parameter; where closures share it, it lives in a cell from outside, and a copy is the
    parameter.
    """
    parameter: str | None = None
    node = function.node
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        positional = [*node.args.posonlyargs, *node.args.args]
        if positional:
            name = mangle(positional[0].arg, function.class_name)
            parameter = _SELF if name in cut.cells else name
    place = body[0] if body else ast.Pass(lineno=function.first_line, col_offset=0)
    builder = _Builder(function, cut)
    statements: list[ast.stmt] = []
    missing: list[ast.stmt] = []
    for name in sorted(bound_names(function) - set(cut.cells)):
        target = ast.Name(name, ast.Store())
        if name in cut.locals:
            statements.append(ast.Assign([target], builder._box("take", place, local_key(name))))
        elif name == parameter:
            statements.append(ast.Delete([ast.Name(name, ast.Del())]))
        else:
            missing.append(ast.Assign([target], ast.Constant(None)))
    if parameter == _SELF:
        first = ast.Name(positional[0].arg, ast.Load())
        copied = ast.Assign([ast.Name(_SELF, ast.Store())], first)
        statements += [ast.Try([copied], [_passing()], [], [])]
    statements += _never(missing) if missing else []
    for statement in statements:
        _locate(statement, place)
    return statements, parameter


def _passing() -> ast.ExceptHandler:
    """A handler for a first argument that was deleted."""
    return ast.ExceptHandler(ast.Name("NameError", ast.Load()), None, [ast.Pass()])


def _declarations(function: Function, cut: Cut) -> list[ast.stmt]:
    declared: list[ast.stmt] = []
    global_names = {
        name
        for node in _scope_statements(function.body)
        if isinstance(node, ast.Global)
        for name in node.names
    }
    nonlocal_names = [name for name in cut.cells if name != "__class__"]
    if global_names:
        declared.append(ast.Global(sorted(global_names)))
    if nonlocal_names:
        declared.append(ast.Nonlocal(nonlocal_names))
    for node in declared:
        node.lineno = node.end_lineno = function.first_line
        node.col_offset = node.end_col_offset = 0
    return declared


def _scope_statements(body: list[ast.stmt]) -> list[ast.stmt]:
    found: list[ast.stmt] = []
    for statement in body:
        found.append(statement)
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        for name in ("body", "orelse", "finalbody"):
            found += _scope_statements(getattr(statement, name, None) or [])
        for part in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
            found += _scope_statements(part.body)
    return found


def _compile_nested(
    source: Source, function: Function, definition: ast.FunctionDef, cells: tuple[str, ...]
) -> types.CodeType:
    """Compile `definition` where its cells come from around it and names are mangled as in its
    class; the code that would define it is never run."""
    body: list[ast.stmt] = [definition]
    if function.class_name is not None:
        body = [ast.ClassDef(function.class_name, [], [], body, [])]
    parameters = [ast.arg(arg=name) for name in cells]
    arguments = ast.arguments([], parameters, None, [], [], None, [])
    # What is defined here must not hide the globals of the same names.
    hidden = {definition.name, function.class_name} - {None, *cells}
    outside = [ast.Global(sorted(str(name) for name in hidden))] if hidden else []
    factory = ast.FunctionDef(_FACTORY, arguments, [*outside, *body], [], None)
    tree = ast.Module([factory], [])
    for node in (factory, *outside, *body, *parameters):
        _locate(node, definition)
    flags = source.future_flags
    outer = compile(ast.fix_missing_locations(tree), source.path, "exec", flags, dont_inherit=True)
    levels = [_FACTORY, *([function.class_name] if function.class_name else []), function.name]
    code = outer
    for name in levels:
        code = next(
            c for c in code.co_consts if isinstance(c, types.CodeType) and c.co_name == name
        )
    return _renamed(code, code.co_qualname, function.qualname)


def _renamed(code: types.CodeType, old: str, new: str) -> types.CodeType:
    """`code` with the qualified names in it and below it as in the source."""

    def constant(value: Any) -> Any:
        if isinstance(value, types.CodeType):
            return _renamed(value, old, new)
        if isinstance(value, str) and value.startswith(old + "."):
            return new + value.removeprefix(old)  # the __qualname__ of a nested class
        return value

    qualname = new + code.co_qualname.removeprefix(old)
    consts = tuple(map(constant, code.co_consts))
    return code.replace(co_qualname=qualname, co_consts=consts)


def _with_box(code: types.CodeType, box: Box) -> types.CodeType:
    consts = tuple(box if c == _BOX and type(c) is str else c for c in code.co_consts)
    return code.replace(co_consts=consts)


def _never(statements: list[ast.stmt]) -> list[ast.stmt]:
    """Statements for the compiler's symbol table only."""
    return [ast.If(ast.Constant(False), statements, [])]


def _like(node: _Node, **changes: Any) -> _Node:
    new = copy.copy(node)
    for name, value in changes.items():
        setattr(new, name, value)
    return new


def _locate(tree: ast.AST, place: ast.AST) -> None:
    for node in ast.walk(tree):
        if "lineno" in node._attributes and not hasattr(node, "lineno"):
            node.lineno = node.end_lineno = place.lineno  # type: ignore[attr-defined]
            node.col_offset = node.end_col_offset = place.col_offset  # type: ignore[attr-defined]
