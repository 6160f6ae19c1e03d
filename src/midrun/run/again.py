"""Statements of an edited module, run in its restored namespace or in that of a restored class."""

from __future__ import annotations

import ast
import gc
import types
from typing import Any

from midrun.run.edits import Edits
from midrun.source.book import Book
from midrun.source.hot import fresh
from midrun.source.module import Function, Source

FunctionDef = ast.FunctionDef | ast.AsyncFunctionDef
_MAKE = "_@make"
# What the compiler adds to the namespace of each class body.
_ADDED = ("__module__", "__qualname__", "__firstlineno__", "__static_attributes__")
_ADDED_CELLS = ("__classcell__", "__classdictcell__")


class Again:
    """Runs statements of an edited module in its restored namespace, in hot form."""

    def __init__(
        self, old: Source, new: Source, namespace: dict[str, Any], book: Book, edits: Edits
    ) -> None:
        self.new = new
        self.namespace = namespace
        self._book = book
        self._edits = edits
        self._functions = {
            "old": {id(f.node): f for f in old.functions.values()},
            "new": {id(f.node): f for f in new.functions.values()},
        }

    def execute(self, statements: list[ast.stmt], names: dict[str, Any] | None = None) -> None:
        """Run statements; what they bind goes into `names`, by default into the module."""
        tree = ast.Module([fresh(statement) for statement in statements], [])
        tree = self._book.heat(self.new.path).module(tree)
        flags = self.new.future_flags
        code = compile(
            ast.fix_missing_locations(tree), self.new.path, "exec", flags, dont_inherit=True
        )
        exec(code, self.namespace, self.namespace if names is None else names)

    def evaluate(self, expression: ast.expr) -> Any:
        """The value of an expression of the module."""
        target = ast.Name(_MAKE, ast.Store())
        statement = ast.Assign([target], expression)
        for node in (statement, target):
            ast.copy_location(node, expression)
        names: dict[str, Any] = {}
        self.execute([statement], names)
        return names[_MAKE]

    def body(self, around: list[ast.ClassDef], cls: type, statements: list[ast.stmt]) -> ClassBody:
        """Run statements as a part of the body of `cls`, which the innermost of `around` defines.

        What they bind is returned and not yet set; `__class__` and `super()` in it mean `cls`.
        """
        result = ClassBody(cls)
        inner = statements
        for definition in reversed(around):
            name = ast.copy_location(ast.Name(_MAKE, ast.Load()), definition)
            keyword = ast.copy_location(ast.keyword("metaclass", name), definition)
            stand_in = ast.ClassDef(definition.name, [], [keyword], inner, [])
            if hasattr(definition, "type_params"):
                stand_in.type_params = []  # type: ignore[attr-defined]
            inner = [ast.copy_location(stand_in, definition)]
        self.execute(inner, {_MAKE: _Maker([*([None] * (len(around) - 1)), result])})
        return result

    def is_kept(self, old: FunctionDef, new: FunctionDef) -> bool:
        """Whether the function that `old` made has become that of `new`: they are one, edited."""
        function = self._functions["old"].get(id(old))
        if function is None:
            return False
        return self._edits.function(self.new.path, function.key) is self.function_of(new)

    def function_of(self, node: FunctionDef) -> Function:
        """The function that a node of the edited source defines."""
        return self._functions["new"][id(node)]

    def live(self, node: FunctionDef) -> list[types.FunctionType]:
        """The restored function objects that have the code of `node`."""
        code = self._book.code_of(self.new.path, self.function_of(node).key)
        return [
            held
            for held in gc.get_referrers(code)
            if isinstance(held, types.FunctionType) and held.__code__ is code
        ]


class ClassBody(dict[str, Any]):
    """The namespace of a class body that runs for a class that is there: it reads the class, and
    collects what is new."""

    def __init__(self, cls: type) -> None:
        super().__init__()
        self._cls = cls

    def __missing__(self, name: str) -> Any:
        return self._cls.__dict__[name]

    def finish(self) -> None:
        """Take out what the compiler put in."""
        for name in _ADDED:
            self.pop(name, None)
        for name in _ADDED_CELLS:
            cell = self.pop(name, None)
            if isinstance(cell, types.CellType) and name == "__classcell__":
                cell.cell_contents = self._cls


class _Maker:
    """Stands for the metaclass of the nested class statements; only the innermost matters."""

    def __init__(self, bodies: list[ClassBody | None]) -> None:
        self._bodies = bodies
        self._depth = 0

    def __prepare__(self, name: str, bases: tuple[type, ...]) -> dict[str, Any]:
        body = self._bodies[self._depth]
        self._depth += 1
        return body if body is not None else {_MAKE: self}

    def __call__(self, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> None:
        if isinstance(namespace, ClassBody):
            namespace.finish()
