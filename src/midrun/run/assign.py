"""Variables that are changed before a program goes on: `midrun resume --set NAME=EXPR`."""

from __future__ import annotations

import ast
import re
import sys
import types
from collections.abc import Iterator
from typing import Any

from midrun.errors import MidrunError
from midrun.source.cut import local_key
from midrun.state.frames import FrameState

_VALUE = "_@value"
_ACCELERATORS = re.compile(r"(cuda|mps|xpu|hip|gpu)(:\d+)?")


def assign(assignments: list[str], frames: list[FrameState]) -> None:
    """Change variables of the frames of a stack, the outermost of which comes first.

    `NAME=EXPR` means a variable that the innermost frame sees, `FUNCTION.NAME=EXPR` one of a named
    function; `args.lr=EXPR` and `config["lr"]=EXPR` change what a variable holds. Raises
    MidrunError (slug "bad-assignment").
    """
    for text in assignments:
        target, equals, expression = text.partition("=")
        frame, place = _parse(target.strip(), frames) if equals else (None, None)
        if frame is None or place is None:
            names = ", ".join(state.name for state in frames)
            raise MidrunError(
                f"--set {text}: write NAME=EXPR or FUNCTION.NAME=EXPR with one of: {names}",
                slug="bad-assignment",
            )
        try:
            _set(frame, place, expression, text)
        except MidrunError:
            raise
        except Exception as error:
            raise MidrunError(
                f"--set {text}: {type(error).__name__}: {error}", slug="bad-assignment"
            ) from None


def _parse(target: str, frames: list[FrameState]) -> tuple[FrameState | None, ast.expr | None]:
    """The frame that a target means, and the expression that is to be set in it."""
    try:
        place = ast.parse(target, mode="eval").body
    except SyntaxError:
        return None, None
    innermost = frames[-1]
    root = place
    chain = [place]
    while isinstance(root, ast.Attribute | ast.Subscript):
        root = root.value
        chain.append(root)
    if not isinstance(root, ast.Name):
        return None, None
    if len(chain) == 1:
        return innermost, place
    named = [state for state in frames if state.name.split(".")[-1] == root.id]
    if not named or root.id in innermost.locals or not isinstance(chain[-2], ast.Attribute):
        return (innermost, place) if root.id in _visible(innermost) else (None, None)
    variable = ast.Name(chain[-2].attr, ast.Load())
    if len(chain) == 2:
        return named[-1], variable
    outer = chain[-3]
    assert isinstance(outer, ast.Attribute | ast.Subscript)
    outer.value = variable
    return named[-1], place


def _visible(state: FrameState) -> dict[str, Any]:
    """What the code of a frame sees under which name."""
    variables = {
        key.removeprefix("local "): value
        for key, value in state.values.items()
        if key.startswith("local ")
    }
    return {**sys.modules[state.module].__dict__, **variables, **state.cell_contents()}


def _set(state: FrameState, place: ast.expr, expression: str, text: str) -> None:
    names = _visible(state)
    value = eval(expression, names)
    if not isinstance(place, ast.Name):
        names[_VALUE] = value
        tree = ast.parse(f"{ast.unparse(place)} = 0")
        assert isinstance(tree.body[0], ast.Assign)
        tree.body[0].value = ast.Name(_VALUE, ast.Load())
        exec(compile(ast.fix_missing_locations(tree), "<--set>", "exec"), names)
        return
    name = place.id
    namespace = sys.modules[state.module].__dict__
    if state.name == "<module>":
        namespace[name] = value
    elif name in state.cells:
        state.cells[name].cell_contents = value
    elif name in state.locals:
        state.values[local_key(name)] = value
    elif name in namespace:
        namespace[name] = value
    else:
        known = ", ".join(sorted({*state.locals, *state.cells})) or "none"
        raise MidrunError(
            f"--set {text}: {state.name}() has no variable {name}; it has: {known}",
            slug="bad-assignment",
        )


def still_named(frames: list[FrameState], device: str) -> list[str]:
    """Remarks on variables that still name an accelerator after everything came to `device`."""
    found = dict.fromkeys(path for state in frames for path in _naming(state))
    return [
        f"{path} still names an accelerator; if the code uses it: --set {path}=\"'{device}'\""
        for path in list(found)[:5]
    ]


def _naming(state: FrameState) -> Iterator[str]:
    for name, value in _visible(state).items():
        if _names_accelerator(value):
            yield name
        inner: dict[Any, Any] = {}
        if isinstance(value, dict) and not name.startswith("__"):
            inner = {f"{name}[{key!r}]": item for key, item in value.items()}
        elif hasattr(value, "__dict__") and not isinstance(value, type | types.ModuleType):
            inner = {f"{name}.{key}": item for key, item in vars(value).items()}
        yield from (path for path, item in inner.items() if _names_accelerator(item))


def _names_accelerator(value: Any) -> bool:
    return type(value) is str and _ACCELERATORS.fullmatch(value) is not None
