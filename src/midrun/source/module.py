"""One source file: its text, its tree, and the functions in it, found again from code objects.

Code objects know their file, first line and name, and since Python 3.11 a source range for each
instruction (PEP 657). That is enough to find the node of the tree that a code object was compiled
from, whether it was compiled from the plain source, the hot form or a continuing form: all three
keep the positions of the user's file.
"""

from __future__ import annotations
import __future__

import ast
import dis
import functools
import importlib.util
import operator
import re
import types
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.GeneratorExp | ast.Module
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.GeneratorExp)

_NAME_LIKE = re.compile(r"[A-Za-z0-9_]*")


@dataclass(frozen=True, eq=False)
class Function:
    """A function (or the module, a lambda, a generator expression) as it stands in a source file.

    `qualname` is Python's own; `ordinal` counts the functions of that qualified name in the file,
    in order of their position, since a name can be defined twice. `body` is the list of statements
    that runs: for a lambda and a generator expression it is the equivalent statements, with the
    positions of the expressions that they stand for.
    """

    node: FunctionNode
    qualname: str
    ordinal: int
    class_name: str | None
    body: list[ast.stmt]

    @property
    def name(self) -> str:
        return self.qualname.rpartition(".")[2]

    @property
    def key(self) -> tuple[str, int]:
        return self.qualname, self.ordinal

    @property
    def first_line(self) -> int:
        """The line that `co_firstlineno` gives: that of the first decorator, if there is one."""
        if isinstance(self.node, ast.Module):
            return 1
        decorators = getattr(self.node, "decorator_list", [])
        return int(min([self.node.lineno, *(d.lineno for d in decorators)]))

    @property
    def root(self) -> ast.AST:
        """A node whose field `body` is `self.body`, for walks."""
        return ast.Module(body=self.body, type_ignores=[])


class Source:
    """The text of one Python file and what can be known from it without running it.

    Raises SyntaxError as `compile` does.
    """

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.tree = ast.parse(text, path)

    @classmethod
    def read(cls, path: str) -> Source:
        with open(path, "rb") as file:
            return cls(path, importlib.util.decode_source(file.read()))

    @cached_property
    def literals(self) -> frozenset[str]:
        """The strings that the compiler interns: those that could be names (all_name_chars in
        Objects/codeobject.c)."""
        constants = (node.value for node in ast.walk(self.tree) if isinstance(node, ast.Constant))
        return frozenset(v for v in constants if isinstance(v, str) and _NAME_LIKE.fullmatch(v))

    @cached_property
    def functions(self) -> dict[tuple[str, int], Function]:
        """Every function of the file by its key; the module itself is `("<module>", 0)`."""
        found: dict[tuple[str, int], Function] = {}
        counts: dict[str, int] = defaultdict(int)
        for node, qualname, class_name in _walk_functions(self.tree, "", None):
            function = Function(node, qualname, counts[qualname], class_name, _body_of(node))
            counts[qualname] += 1
            found[function.key] = function
        return found

    @cached_property
    def _by_first_line(self) -> dict[tuple[str, int], list[Function]]:
        index: dict[tuple[str, int], list[Function]] = defaultdict(list)
        for function in self.functions.values():
            index[function.name, function.first_line].append(function)
        return index

    def function_of(self, code: types.CodeType) -> Function | None:
        """The function that `code` was compiled from, or None if that can't be said for sure."""
        if code.co_name == "<module>":
            return self.functions["<module>", 0]
        candidates = self._by_first_line.get((code.co_name, code.co_firstlineno), [])
        if len(candidates) > 1:
            candidates = [f for f in candidates if _holds(f.node, code)]
        return candidates[0] if len(candidates) == 1 else None

    @cached_property
    def imported_modules(self) -> frozenset[str]:
        """The absolute names of modules that the file's imports name, or may name."""
        names: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                names.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module)
                names.update(f"{node.module}.{alias.name}" for alias in node.names)
        return frozenset(names)

    @cached_property
    def globals_in_functions(self) -> frozenset[str]:
        """Every global name that a function or class of the file reads."""
        _, *nested = walk_code(self.module_code)
        return frozenset(
            instruction.argval
            for code in nested
            for instruction in dis.get_instructions(code)
            if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME")
        )

    @property
    def future_flags(self) -> int:
        """The `from __future__` features of the file, as flags for `compile`."""
        return int(self.module_code.co_flags & _FUTURE_MASK)

    @cached_property
    def module_code(self) -> types.CodeType:
        """The file as Python itself would compile it."""
        return compile(self.text, self.path, "exec", dont_inherit=True)

    def code_of(self, function: Function) -> types.CodeType | None:
        """The code object of `function` inside `module_code`."""
        for code in walk_code(self.module_code):
            if code.co_name == function.name and self.function_of(code) is function:
                return code
        return None


def walk_code(code: types.CodeType) -> Iterator[types.CodeType]:
    """`code` and every code object nested in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from walk_code(constant)


def own_scope(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes below `node` that run in its own scope: nested functions and classes are left out,
    though not their decorators, defaults and bases, which run outside them."""
    for child in ast.iter_child_nodes(node):
        yield child
        if isinstance(child, _SCOPES):
            for outer in _evaluated_outside(child):
                yield outer
                yield from own_scope(outer)
        else:
            yield from own_scope(child)


def bound_names(function: Function) -> set[str]:
    """The names that `function` binds in its own scope (its locals, cells included), mangled as
    the compiler mangles them.

    Targets of comprehensions are not among them: they are local to the comprehension, also where
    Python 3.12 and later inline it (PEP 709).
    """
    names: set[str] = set()
    elsewhere: set[str] = set()
    node = function.node
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        names.update(argument.arg for argument in all_arguments(node.args))
    if isinstance(node, ast.GeneratorExp):
        names.add(".0")
    comprehension_targets: set[int] = set()
    for child in own_scope(function.root):
        if isinstance(child, _COMPREHENSIONS):
            for generator in child.generators:
                comprehension_targets.update(map(id, ast.walk(generator.target)))
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store | ast.Del):
            if id(child) not in comprehension_targets:
                names.add(child.id)
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(child.name)
        elif isinstance(child, ast.alias) and child.name != "*":
            names.add(child.asname or child.name.partition(".")[0])
        elif isinstance(child, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and child.name:
            names.add(child.name)
        elif isinstance(child, ast.MatchMapping) and child.rest:
            names.add(child.rest)
        elif isinstance(child, ast.Global | ast.Nonlocal):
            elsewhere.update(child.names)
    return {mangle(name, function.class_name) for name in names - elsewhere}


def all_arguments(arguments: ast.arguments) -> list[ast.arg]:
    """Every parameter, in the order of `co_varnames`."""
    found = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    found += [argument for argument in (arguments.vararg, arguments.kwarg) if argument]
    return found


def mangle(name: str, class_name: str | None) -> str:
    """`name` as the compiler writes it inside class `class_name`."""
    if class_name is None or not name.startswith("__") or name.endswith("__") or "." in name:
        return name
    stripped = class_name.lstrip("_")
    return f"_{stripped}{name}" if stripped else name


def _walk_functions(
    node: ast.AST, prefix: str, class_name: str | None
) -> Iterator[tuple[FunctionNode, str, str | None]]:
    if isinstance(node, ast.Module):
        yield node, "<module>", None
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            for outer in _evaluated_outside(child):
                yield from _walk_functions(ast.Expr(outer), prefix, class_name)
            inner = ast.Module(body=child.body, type_ignores=[])
            nested = _walk_functions(inner, f"{prefix}{child.name}.", child.name)
            next(nested)  # the stand-in module itself
            yield from nested
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child, prefix + child.name, class_name
            for outer in _evaluated_outside(child):
                yield from _walk_functions(ast.Expr(outer), prefix, class_name)
            inner = ast.Module(body=child.body, type_ignores=[])
            nested = _walk_functions(inner, f"{prefix}{child.name}.<locals>.", class_name)
            next(nested)
            yield from nested
        elif isinstance(child, ast.Lambda | ast.GeneratorExp):
            name = "<lambda>" if isinstance(child, ast.Lambda) else "<genexpr>"
            yield child, prefix + name, class_name
            yield from _walk_functions(
                ast.Expr(child.body) if isinstance(child, ast.Lambda) else _inside(child),
                f"{prefix}{name}.<locals>.",
                class_name,
            )
            for outer in _evaluated_outside(child):
                yield from _walk_functions(ast.Expr(outer), prefix, class_name)
        else:
            yield from _walk_functions(child, prefix, class_name)


def _inside(node: ast.GeneratorExp) -> ast.AST:
    first, *others = node.generators
    return ast.Tuple(elts=[node.elt, *first.ifs, *(e for g in others for e in (g.iter, *g.ifs))])


def _evaluated_outside(node: ast.AST) -> list[ast.expr]:
    """What belongs to a definition but is evaluated in the scope around it."""
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.bases, *(k.value for k in node.keywords)]
    if isinstance(node, ast.GeneratorExp):
        return [node.generators[0].iter]
    outside: list[ast.expr] = []
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        outside += node.decorator_list
        outside += [a.annotation for a in all_arguments(node.args) if a.annotation]
        outside += [node.returns] if node.returns else []
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        outside += [*node.args.defaults, *(d for d in node.args.kw_defaults if d)]
    return outside


def _body_of(node: FunctionNode) -> list[ast.stmt]:
    if isinstance(node, ast.Lambda):
        return [ast.copy_location(ast.Return(node.body), node.body)]
    if isinstance(node, ast.GeneratorExp):
        return _generator_statements(node)
    return node.body


def _generator_statements(node: ast.GeneratorExp) -> list[ast.stmt]:
    """`(E for T in I if C ...)` as the loop that CPython compiles it to; its outermost iterator
    comes in as the argument `.0`."""
    produce = ast.copy_location(ast.Yield(node.elt), node.elt)
    body: list[ast.stmt] = [ast.copy_location(ast.Expr(produce), node.elt)]
    for index in reversed(range(len(node.generators))):
        generator = node.generators[index]
        for condition in reversed(generator.ifs):
            body = [ast.copy_location(ast.If(condition, body, []), condition)]
        outermost = ast.copy_location(ast.Name(".0", ast.Load()), generator.iter)
        iterable = generator.iter if index else outermost
        body = [ast.copy_location(ast.For(generator.target, iterable, body, []), generator.iter)]
    return body


def _holds(node: FunctionNode, code: types.CodeType) -> bool:
    """Whether the instructions of `code` lie inside `node`."""
    if isinstance(node, ast.Module):
        return True
    end = (node.end_lineno or node.lineno, node.end_col_offset or 0)
    seen = False
    for line, end_line, column, end_column in code.co_positions():
        if line is None or end_line is None or column is None or end_column is None:
            continue
        if (line, column) == (code.co_firstlineno, 0) == (end_line, end_column):
            continue  # RESUME, at the head of every code object
        if not ((node.lineno, node.col_offset) <= (line, column) and (end_line, end_column) <= end):
            return False
        seen = True
    return seen


_FUTURE_MASK = functools.reduce(
    operator.or_,
    (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names),
)
