"""Edited functions and classes, changed in place: instances, frames and other modules hold them.

The code of a restored function is that of the edited source already. What remains are the things
that a `def` or `class` statement evaluates when it runs: defaults, annotations, decorators, class
attributes, bases.
"""

from __future__ import annotations

import abc
import ast
import dataclasses
import inspect
from collections.abc import Callable
from typing import Any

from midrun.run.again import Again, FunctionDef
from midrun.source.changes import bound_by, changes, runs_again
from midrun.source.hot import fresh
from midrun.source.likeness import same, same_all

Remarks = list[tuple[int, str]]
_PLAIN = (type, abc.ABCMeta)  # metaclasses whose classes take new attributes


def graft_function(old: FunctionDef, new: FunctionDef, again: Again, made: Any = None) -> bool:
    """Give the restored function what its changed `def` evaluates; False if the statement must run,
    since its decorators changed or no such function is left.

    `made` makes the new function, if it is not a global one.
    """
    if not again.is_kept(old, new) or not same_all(old.decorator_list, new.decorator_list):
        return False
    held = again.live(new)
    if not held:
        return False
    doc = ast.get_docstring(new, clean=False)
    if ast.get_docstring(old, clean=False) != doc:
        for function in held:
            function.__doc__ = doc
    if _same_signature(old, new):
        return True
    plain = fresh(new)
    plain.decorator_list = []
    made = made([plain]) if made else _defined(plain, again)
    for function in held:
        function.__defaults__ = made.__defaults__
        function.__kwdefaults__ = made.__kwdefaults__
        function.__annotations__ = made.__annotations__
    return True


def _defined(node: FunctionDef, again: Again) -> Any:
    names: dict[str, Any] = {}
    again.execute([node], names)
    return names[node.name]


def _same_signature(old: FunctionDef, new: FunctionDef) -> bool:
    return same(old.args, new.args) and same(old.returns, new.returns)


def graft_class(cls: type, around: list[ast.ClassDef], old: ast.ClassDef, again: Again) -> Remarks:
    """Change a restored class to what its edited statement says, as far as that can be done.

    `around` are the edited statement and those of the classes around it, outermost first.
    """
    return _Graft(cls, around, old, again).apply()


class _Graft:
    def __init__(
        self, cls: type, around: list[ast.ClassDef], old: ast.ClassDef, again: Again
    ) -> None:
        self.cls, self.old, self.new = cls, old, around[-1]
        self.around, self.again = around, again
        self.remarks: Remarks = []

    def apply(self) -> Remarks:
        cls, old, new = self.cls, self.old, self.new
        self._header()
        found = changes(old.body, new.body)
        statements: list[ast.stmt] = []
        for change in found:
            if change.old is not None:
                self._delete(change.old)
            if change.new is not None and self._must_run(change.old, change.new):
                statements.append(change.new)
        fields = dataclasses.is_dataclass(cls) and any(
            isinstance(change.new or change.old, ast.AnnAssign) for change in found
        )
        if fields:
            statements = [s for s in new.body if s in statements or isinstance(s, ast.AnnAssign)]
        if statements and not self._can_change(statements):
            self._tell(f"class {new.name}: changed, to no effect: {self._kind()} can't be changed")
            return self.remarks
        self._set(statements)
        if fields:
            self._fields()
        if ast.get_docstring(old, False) != ast.get_docstring(new, False):
            cls.__doc__ = ast.get_docstring(new, False)
        abc.update_abstractmethods(cls)
        return self.remarks

    def _tell(self, text: str, line: int | None = None) -> None:
        self.remarks.append((line or self.new.lineno, text))

    def _kind(self) -> str:
        if type(self.cls) not in _PLAIN:
            return f"a class made by {type(self.cls).__name__}"
        return "a named tuple" if "_fields" in self.cls.__dict__ else "__slots__"

    def _header(self) -> None:
        old, new = self.old, self.new
        if not same_all(old.decorator_list, new.decorator_list):
            self._tell(f"class {new.name}: its decorators changed and were not run again")
        if not same_all(old.keywords, new.keywords):
            self._tell(f"class {new.name}: its metaclass or keywords changed, to no effect")
        if same_all(old.bases, new.bases):
            return
        bases = tuple(self.again.evaluate(base) for base in new.bases)
        try:
            self.cls.__bases__ = bases or (object,)
        except TypeError as error:
            self._tell(f"class {new.name}: its bases changed, to no effect ({error})")

    def _delete(self, statement: ast.stmt) -> None:
        kept = set().union(*map(bound_by, self.new.body))
        for name in bound_by(statement) - kept:
            if name in self.cls.__dict__:
                type.__delattr__(self.cls, name)

    def _must_run(self, old: ast.stmt | None, new: ast.stmt) -> bool:
        if old is None or type(old) is not type(new):
            return self._runs(new)
        if isinstance(old, ast.ClassDef) and isinstance(new, ast.ClassDef):
            inner = self.cls.__dict__.get(new.name)
            if not isinstance(inner, type):
                return True
            self.remarks += graft_class(inner, [*self.around, new], old, self.again)
            return False
        if isinstance(old, FunctionDef) and isinstance(new, FunctionDef):
            if _uses_class(old) != _uses_class(new):
                return True
            return not graft_function(old, new, self.again, self._method)
        return self._runs(new)

    def _runs(self, statement: ast.stmt) -> bool:
        if not runs_again(statement):
            head = ast.unparse(statement).splitlines()[0]
            self._tell(f"class {self.new.name}: changed, not run again: {head}", statement.lineno)
            return False
        return True

    def _method(self, statements: list[ast.stmt]) -> Any:
        """The plain function that one `def` of the class makes."""
        (made,) = self.again.body(self.around, self.cls, statements).values()
        return made

    def _can_change(self, statements: list[ast.stmt]) -> bool:
        plain = type(self.cls) in _PLAIN
        names = set().union(*map(bound_by, statements))
        if "__slots__" in names or "_fields" in self.cls.__dict__:
            return False
        return plain or all(isinstance(s, FunctionDef) for s in statements)

    def _set(self, statements: list[ast.stmt]) -> None:
        if not statements:
            return
        for name, value in self.again.body(self.around, self.cls, statements).items():
            type.__setattr__(self.cls, name, value)
            hook: Callable[[Any, type, str], None] | None = getattr(
                type(value), "__set_name__", None
            )
            if hook is not None:
                hook(value, self.cls, name)

    def _fields(self) -> None:
        """Let `@dataclass` make its methods again, from the fields as they are now."""
        cls, new = self.cls, self.new
        before = set(getattr(cls, "__dataclass_fields__", {}))
        annotations = inspect.get_annotations(cls)
        named = {s.target.id for s in new.body if _is_field(s)}  # type: ignore[attr-defined]
        for name in set(annotations) - named:
            del annotations[name]
        cls.__annotations__ = {name: annotations[name] for name in _in_order(new, annotations)}
        written = set().union(*map(bound_by, new.body))
        for name in _GENERATED:
            if name in cls.__dict__ and name not in written:
                type.__delattr__(cls, name)
        for decorator in reversed(new.decorator_list):
            made = self.again.evaluate(decorator)(cls)
            if made is not cls:
                self._tell(f"class {new.name}: its fields changed, to no effect (slots=True)")
                return
        for name in cls.__dataclass_fields__:  # type: ignore[attr-defined]
            if name not in before and name not in cls.__dict__:
                self._tell(f"class {new.name}: existing instances lack the new field {name}")


# What `dataclass` adds to a class if the class has not got it (dataclasses._process_class).
_GENERATED = (
    "__init__",
    "__repr__",
    "__eq__",
    "__lt__",
    "__le__",
    "__gt__",
    "__ge__",
    "__hash__",
    "__setattr__",
    "__delattr__",
    "__match_args__",
    "__replace__",
    "__dataclass_fields__",
    "__dataclass_params__",
)


def _is_field(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)


def _in_order(definition: ast.ClassDef, annotations: dict[str, Any]) -> list[str]:
    order = [s.target.id for s in definition.body if _is_field(s)]  # type: ignore[attr-defined]
    return [name for name in order if name in annotations]


def _uses_class(node: ast.AST) -> bool:
    """Whether a method needs the cell `__class__`."""
    return any(
        isinstance(part, ast.Name) and part.id in ("super", "__class__") for part in ast.walk(node)
    )
