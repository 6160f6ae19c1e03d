"""Why a derivative is bad where the value is not.

An operation of autograd's own backward pass is explained by the operation of the forward pass that
it belongs to: the value there may be fine and its derivative infinite (the square root at 0), or
the value was infinite and thrown away, and its gradient is 0 times inf (`torch.where`).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

from midrun.numerics.microscope import forward
from midrun.numerics.microscope.events import Event, Operand
from midrun.numerics.microscope.look import Look, text
from midrun.numerics.microscope.tensors import Kind, at

# Where the derivative of a function with a finite value is infinite, or not defined.
_POLES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "sqrt": ("self", lambda x: x == 0),
    "linalg_vector_norm": ("self", lambda x: x == 0),
    "norm": ("self", lambda x: x == 0),
    "_cdist_forward": ("x1", lambda x: True),
    "_pdist_forward": ("self", lambda x: True),
    "acos": ("self", lambda x: abs(x) == 1),
    "asin": ("self", lambda x: abs(x) == 1),
    "acosh": ("self", lambda x: x == 1),
    "pow": ("self", lambda x: x == 0),
    "atan2": ("self", lambda x: x == 0),
    "std": ("self", lambda x: True),
    "hypot": ("self", lambda x: x == 0),
    "special_entr": ("self", lambda x: x == 0),
    "xlogy": ("other", lambda x: x == 0),
}
_NEAR = 9  # operations
_FINAL = frozenset({"zero-times-inf", "infinite-derivative", "all-masked", "half-underflow"})
_SELECTIONS = ("Where", "MaskedFill", "Index", "MaskedSelect", "Gather", "Clamp", "Max", "Min")
_PASSING = ("Sum", "Mean", "Unsafe", "Clone", "Add", "Sub", "Neg", "Expand", "View", "Copy")


def explain(look: Look) -> tuple[str, str]:
    """The name of the cause, and the reason in numbers."""
    made = look.event.forward
    if made is None:
        return forward.explain(look)
    name, reason = _special(look, made) or forward.explain(look)
    if made.bad >= 0 or name in _FINAL:
        return name, reason
    if name == "log-domain" and (_value(look, made, "self") or 0) < 0:
        return "domain", f"{made.base} of {text(_value(look, made, 'self'))}: {reason}"
    if name in ("division-by-zero", "log-domain", "domain", "empty-mean") or (
        name == "unknown" and look.event.is_born
    ):
        value = _value(look, made, "self")
        at_what = f" at {text(value)}" if value is not None else ""
        return "infinite-derivative", (
            f"{made.base.lstrip('_')}{at_what} is finite, its derivative is not: {reason}"
        )
    return name, f"in the derivative of {made.base.lstrip('_')}: {reason}"


def explain_tangent(look: Look) -> tuple[str, str] | None:
    """The same for an operation of forward-mode derivatives (torch.func.jvp), which comes just
    after the one that it is the derivative of, at the same place. None for any other."""
    event = look.event
    for back in range(1, _NEAR) if event.has_tangents else ():
        made = look.events.get(event.index - back)
        if made is not None and made.bad < 0 and made.place == event.place:
            pole = _pole(look, made)
            if pole is not None:
                return "infinite-derivative", pole
    return None


def _special(look: Look, made: Event) -> tuple[str, str] | None:
    """What the forward operation alone explains."""
    masked = forward.all_masked(Look(made, look.events, look.index)) if made.bad >= 0 else None
    if masked is not None:
        return masked
    if made.bad >= 0 and look.base in ("sub", "add"):
        return "inf-minus-inf", f"in the derivative of {made.base}, at infinite operands"
    thrown_away = _thrown_away(look, made)
    if thrown_away is not None:
        return "zero-times-inf", thrown_away
    pole = _pole(look, made)
    if pole is None:
        return None
    at_made = Look(made, look.events, look.index)
    operand = _POLES[made.base][0]
    exact = at_made.underflowed(operand)
    if exact:
        return "half-underflow", f"{pole}: {at_made.lost(operand, exact)}"
    if look.event.output.kind is Kind.NAN and _is_masked(look):
        return "zero-times-inf", f"{pole}: its gradient, which a mask made 0, is 0 times inf"
    return "infinite-derivative", pole


def _is_masked(look: Look) -> bool:
    """Whether the gradient that comes in is 0 since something was not selected, or multiplied by
    0."""
    todo = [look.made(operand) for operand in look.event.inputs]
    for event in itertools.islice(todo, 16):  # grows as it goes
        if event is None or event.phase != "backward" or event.forward is look.event.forward:
            if event is not None and event.phase == "backward":
                todo += [look.made(operand) for operand in event.inputs]
            continue
        if event.node.startswith(_SELECTIONS):
            return True
        is_product = event.node.startswith("MulBackward")
        if is_product and any(_is_mask(look, operand) for operand in event.inputs):
            return True
        if is_product or event.node.startswith(_PASSING):
            todo += [look.made(operand) for operand in event.inputs]
    return False


def _is_mask(look: Look, operand: Operand) -> bool:
    """Whether a tensor is 0 for what is left out, and 1 for the rest; a sign is none."""
    value, maker = operand.value(), look.made(operand)
    if value is None or (maker is not None and maker.base in ("sign", "sgn")):
        return False
    return bool((value == 0).any()) and bool(((value == 0) | (value == 1)).all())


def _thrown_away(look: Look, made: Event) -> str | None:
    """0 times inf: the value itself was infinite, and something kept it from the loss."""
    if made.bad < 0 or look.event.output.kind is not Kind.NAN:
        return None
    value = made.output.tensor
    number = None
    if value is not None and made.output.shape == look.event.output.shape:
        number = at(value, look.index, look.event.output.shape)
        if number is not None and math.isfinite(abs(number)):
            return None
    operand = _value(look, made, "self")
    at_what = f" of {text(operand)}" if operand is not None else ""
    gives = f" is {text(number)}" if number is not None else " is not finite"
    return (
        f"{made.base.lstrip('_')}{at_what}{gives} and does not reach the loss, but its gradient "
        "does: 0 times inf"
    )


def _pole(look: Look, made: Event) -> str | None:
    if made.base not in _POLES or made.bad >= 0:
        return None
    operand, is_pole = _POLES[made.base]
    value = _value(look, made, operand)
    if value is None or isinstance(value, complex) or not is_pole(value):
        return None
    if made.base == "pow":
        exponent = made.constants.get("exponent")
        if isinstance(exponent, int | float) and exponent >= 1:
            return None
        return f"{text(value)} to the power of {text(exponent)} is fine, its derivative infinite"
    function = made.base.lstrip("_").removesuffix("_forward").replace("linalg_vector_norm", "norm")
    if made.base in ("std", "_cdist_forward", "_pdist_forward"):
        return f"{function} is 0 here, and its derivative divides by it"
    return f"{function} at {text(value)} is finite, its derivative is not"


def _value(look: Look, made: Event, name: str) -> Any:
    """An operand of the forward operation, at the element of the gradient that is bad."""
    operand = made.operand(name) or (made.inputs[0] if made.inputs else None)
    value = operand.value() if operand is not None else None
    if value is None:
        return None
    if value.shape == look.event.output.shape:
        return at(value, look.index, value.shape)
    return value.item() if value.numel() == 1 else _zero_of(value)


def _zero_of(value: Any) -> Any:
    """Where the element is not known: zero if the operand has one."""
    return 0.0 if bool((value == 0).any()) else None
