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
import types
from collections.abc import Callable
from typing import Any

from midrun.source.cut import Cut, local_key
from midrun.source.hot import fresh
from midrun.source.live import Box
from midrun.source.module import Function, Source, bound_names, mangle
from midrun.source.remainder import BOX, continuing_body, from_box

_FACTORY = "_@factory"
_SELF = "_@self"


def continuing_module(
    source: Source, cut: Cut, heat: Callable[[ast.Module], ast.Module], box: Box
) -> types.CodeType:
    """The code that continues the module itself."""
    body = continuing_body(source.functions["<module>", 0], cut)
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
    body = continuing_body(function, cut)
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
    statements: list[ast.stmt] = []
    missing: list[ast.stmt] = []
    for name in sorted(bound_names(function) - set(cut.cells)):
        target = ast.Name(name, ast.Store())
        if name in cut.locals:
            statements.append(ast.Assign([target], from_box("take", place, local_key(name))))
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
    consts = tuple(box if c == BOX and type(c) is str else c for c in code.co_consts)
    return code.replace(co_consts=consts)


def _never(statements: list[ast.stmt]) -> list[ast.stmt]:
    """Statements for the compiler's symbol table only."""
    return [ast.If(ast.Constant(False), statements, [])]


def _locate(tree: ast.AST, place: ast.AST) -> None:
    for node in ast.walk(tree):
        if "lineno" in node._attributes and not hasattr(node, "lineno"):
            node.lineno = node.end_lineno = place.lineno  # type: ignore[attr-defined]
            node.col_offset = node.end_col_offset = place.col_offset  # type: ignore[attr-defined]
