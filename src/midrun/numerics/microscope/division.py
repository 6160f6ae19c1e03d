"""What a division by zero means: an ordinary one, the mean of nothing, a gradient that is scaled by
its norm, an epsilon that is lost."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from midrun.numerics.microscope.events import Event, Operand
from midrun.numerics.microscope.look import Answer, Look, text

_DIVISORS = {
    "div": "other", "true_divide": "other", "reciprocal": "self", "rsqrt": "self",
    "remainder": "other", "fmod": "other", "addcdiv": "tensor2", "floor_divide": "other",
}  # fmt: skip


def division(look: Look) -> Answer:
    """The cause of a division by zero; None if it is none."""
    operand = _DIVISORS.get(look.base)
    if operand is None or look.number(operand) != 0:
        return None
    above = look.number("tensor1" if look.base == "addcdiv" else "self")
    what = f"{text(above)} / 0" if look.base in ("div", "addcdiv") else f"{look.base} of 0"
    exact = look.underflowed(operand)
    by_hand = look.event.phase == "backward" and look.event.forward is None
    norm = _norm(look, operand)
    is_norm = norm is not None and norm.phase != "forward"
    if look.event.phase == "optimizer" or (by_hand and is_norm):
        if look.event.in_step and not is_norm:
            why = f": the epsilon is lost in {look.precision()}" if look.is_half() else ""
            return "optimizer-epsilon", f"the optimizer divides {what}{why}"
        return "clip-by-norm", f"{what}: the gradient's norm is 0"
    if norm is not None and _is_gradient_by_its_norm(look, norm):
        return "clip-by-norm", f"{what}: the gradient's norm is 0"
    if exact:
        return "half-underflow", f"{what}: {look.lost(operand, exact)}"
    if look.base == "div" and above == 0 and _counts(look):
        return "empty-mean", f"{what}: the sum and the number of what is averaged are both 0"
    divisor = look.event.operand("other")
    is_number = divisor is None or divisor.shape.numel() == 1
    if look.base == "div" and above == 0 and is_number and _is_centred(look):
        return "one-sample", f"{what}: a sum of squared deviations, by 0 degrees of freedom"
    return "division-by-zero", what


def _is_gradient_by_its_norm(look: Look, norm: Event) -> bool:
    """Whether a gradient, perhaps scaled, is divided by its own norm in a larger graph, as in the
    inner step of meta-learning."""
    taken = norm.inputs[0]
    made = look.made(taken)
    if look.event.phase != "forward" or made is None or made.phase != "backward":
        return False
    return any(above.storage == taken.storage for above in _way_back(look, "self"))


def _is_centred(look: Look) -> bool:
    """Whether the numerator is made of differences from a mean."""
    todo = [look.maker("self")]
    for event in itertools.islice(todo, 12):  # grows as it goes
        if event is None:
            continue
        makers = [look.made(operand) for operand in event.inputs]
        if event.base == "sub" and any(m is not None and m.base == "mean" for m in makers):
            return True
        todo += makers
    return False


def _counts(look: Look) -> bool:
    """Whether the divisor is the number of something: a sum or count of whole numbers that were not
    made by arithmetic."""
    found = look.event.operand("other")
    for _ in range(4):
        if found is None:
            return False
        source = look.made(found)
        if source is None:
            return False
        if source.base in ("sum", "count_nonzero"):
            summed = source.operand("self")
            values = summed.value() if summed is not None else None
            if values is None:
                return False
            return bool(((values == 0) | (values == 1)).all())
        found = source.operand("self")
    return False


def _norm(look: Look, name: str) -> Event | None:
    """The norm that an operand is, perhaps scaled or clamped since."""
    makers = map(look.made, _way_back(look, name))
    return next((maker for maker in makers if maker is not None and "norm" in maker.base), None)


def _way_back(look: Look, name: str) -> Iterator[Operand]:
    """An operand, and what it was made of: the first tensor of each of three operations."""
    operand = look.event.operand(name)
    for _ in range(4):
        if operand is None:
            return
        yield operand
        maker = look.made(operand)
        operand = next((o for o in maker.inputs if o.writers), None) if maker is not None else None
