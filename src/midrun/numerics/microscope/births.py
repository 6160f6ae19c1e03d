"""Whether an operation made a bad value of finite ones, or passed one on, and from which operand.

Element by element where the operation works so: a tensor may hold infinities that were put there on
purpose beside one that was not.
"""

from __future__ import annotations

import torch

from midrun.numerics.microscope.events import Event, Operand
from midrun.numerics.microscope.tensors import Kind, finite, first, judged, kind

# Pointwise, though torch does not tag them so.
_POINTWISE = frozenset({"masked_fill", "where", "clamp_min", "clamp_max", "lerp"})
# They write the memory of `self` whatever is in it.
_FILLS = frozenset({
    "copy", "fill", "zero", "normal", "uniform", "random", "bernoulli", "exponential", "geometric",
    "log_normal", "cauchy",
})  # fmt: skip


def examine(event: Event) -> None:
    """Fill in `bad`, `guilty`, `birth` and `is_born` of an event that has a bad output."""
    event.bad = max(range(len(event.outputs)), key=lambda n: event.outputs[n].kind)
    result = event.output.tensor
    for operand in event.inputs:
        if operand.tensor is not None:
            operand.kind = kind(operand.tensor)
    operands = _belonging(event)
    bad = sorted((o for o in operands if o.kind), key=lambda o: -o.kind)
    event.guilty = bad
    event.is_born = not bad
    if result is None:
        return
    wrong = ~finite(result.detach())
    nans = torch.isnan(result.detach())
    if bad and (torch.Tag.pointwise in event.func.tags or event.base in _POINTWISE):
        _by_element(event, operands, wrong, nans)
    if event.birth is None and bool(wrong.any()):
        event.birth = first(nans if bool(nans.any()) else wrong)


def _belonging(event: Event) -> list[Operand]:
    """The operands that the bad output was computed from: not those that are only written, and of
    an operation over lists of tensors, those with its number."""
    number = f"[{event.bad}]"
    over_lists = event.name.startswith(("aten._foreach_", "aten._fused_"))
    unread = _unread(event)
    return [
        o for o in event.inputs
        if o.name not in unread and (not over_lists or "[" not in o.name or o.name.endswith(number))
    ]  # fmt: skip


def _unread(event: Event) -> set[str]:
    """The names of the operands of which only the memory is used."""
    arguments = event.func._schema.arguments
    unread = {argument.name for argument in arguments if argument.is_out}
    aliased = arguments[0].alias_info if arguments else None
    if event.base in _FILLS and aliased is not None and aliased.is_write:
        unread.add(arguments[0].name)
    return unread


def _by_element(
    event: Event, operands: list[Operand], wrong: torch.Tensor, nans: torch.Tensor
) -> None:
    clean = wrong.clone()
    guilty = []
    chosen = _chosen(event, wrong.shape)
    for operand in operands:
        if operand.tensor is None or not judged(operand.tensor):
            continue
        try:
            there = (~finite(operand.tensor.detach())).expand(wrong.shape)
            is_nan = torch.isnan(operand.tensor.detach()).expand(wrong.shape)
        except RuntimeError:
            continue
        if operand.name in chosen:
            there, is_nan = there & chosen[operand.name], is_nan & chosen[operand.name]
        clean &= ~there
        passed = bool((there & wrong).any())
        operand.kind = Kind.FINITE if not passed else operand.kind
        if passed and operand.kind is Kind.NAN and not bool((is_nan & nans).any()):
            operand.kind = Kind.INF
        if passed:
            guilty.append(operand)
    event.guilty = sorted(guilty, key=lambda o: -o.kind)
    if bool(clean.any()):
        event.is_born = True
        worst = clean & nans
        event.birth = first(worst if bool(worst.any()) else clean)


def _chosen(event: Event, shape: torch.Size) -> dict[str, torch.Tensor]:
    """For `where`, at which elements each operand is taken."""
    condition = event.operand("condition")
    if event.base != "where" or condition is None or condition.tensor is None:
        return {}
    taken = condition.tensor.detach().bool().expand(shape)
    return {"self": taken, "other": ~taken}
