"""A closer look at one bad operation: its operands at the bad element, and what it would have given
in float32."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from midrun.numerics.microscope.events import Event, Operand
from midrun.numerics.microscope.tensors import at

Answer = tuple[str, str] | None  # of a rule: the name of a cause, and what is seen in numbers
HALVES = (torch.float16, torch.bfloat16)
_BACK = 8  # operations
_SMALLEST = 6e-8  # number of float16, which has the fewest small ones


@dataclass
class Look:
    """An event among `events`, at the element `index` of its bad output."""

    event: Event
    events: Mapping[int, Event]
    index: tuple[int, ...]

    @property
    def base(self) -> str:
        return self.event.base

    def number(self, name: str) -> Any:
        """The value of an argument at the element, be it a tensor or a number; None if it is not
        known."""
        operand = self.event.operand(name)
        if operand is None:
            constant = self.event.constants.get(name)
            if isinstance(constant, list | tuple):  # of an operation over lists
                constant = constant[self.event.bad] if len(constant) > self.event.bad else None
            return constant
        value = operand.value()
        return None if value is None else at(value, self.index, self.event.output.shape)

    def tensor(self, name: str) -> torch.Tensor | None:
        """A tensor argument."""
        operand = self.event.operand(name)
        return operand.value() if operand is not None else None

    def maker(self, name: str) -> Event | None:
        """The event that made an operand."""
        operand = self.event.operand(name)
        return self.made(operand) if operand is not None else None

    def made(self, operand: Operand) -> Event | None:
        """The event that wrote an operand last."""
        return self.events.get(operand.writers[-1]) if operand.writers else None

    def is_half(self) -> bool:
        """Whether the bad output is in half precision."""
        return self.event.output.dtype in HALVES

    def precision(self) -> str:
        """The type of the bad output: "float16"."""
        return _name(self.event.output.dtype)

    def lost(self, name: str, exact: float) -> str:
        """That an operand is zero only for its precision, where it would be `exact`."""
        operand = self.event.operand(name)
        assert operand is not None
        held = _name(operand.dtype)
        return f"the zero is {text(exact)} in float32, which {held} can't hold"

    def in_float32(self) -> Any:
        """The bad element, had the operation been done in float32; None if that is not known."""
        result = recompute(self.event)
        return None if result is None else at(result, self.index, self.event.output.shape)

    def underflowed(self, name: str) -> Any:
        """What the zero in an operand would be in float32, if it is zero for its precision only: up
        to eight operations that led to it are done in float32."""
        operand = self.event.operand(name)
        if operand is None:
            return None
        result = self._exact(operand, _BACK)
        exact = at(result, self.index, self.event.output.shape) if result is not None else None
        return exact or None

    def _exact(self, operand: Operand, back: int) -> torch.Tensor | None:
        """An operand that is of half precision, or was made of such, in float32; None if that is
        not known."""
        maker = self.made(operand) if back else None
        value = operand.value()
        if maker is None or value is None:
            return None
        halves = [o for o in maker.inputs if o.dtype in HALVES]
        if not value.is_floating_point() or (operand.dtype not in HALVES and not halves):
            return None
        result = recompute(maker)
        if result is None:
            return None
        # The operand may be a view, in another shape or of some elements.
        if result.numel() != value.numel() or not _are_close(result.reshape(value.shape), value):
            return None
        exact = {o.name: found for o in halves if (found := self._exact(o, back - 1)) is not None}
        result = recompute(maker, exact) if exact else result
        return None if result is None else result.reshape(value.shape)


def _are_close(result: torch.Tensor, value: torch.Tensor) -> bool:
    """Whether two tensors are the same where both are finite, to the precision of the second."""
    value = value.detach().to(result.dtype)
    both = result.isfinite() & value.isfinite()
    result, value = result[both], value[both]
    if not value.numel():
        return True
    atol = 0.01 * float(value.abs().max()) + _SMALLEST
    return bool(torch.allclose(result, value, rtol=0.02, atol=atol))


def recompute(event: Event, exact: Mapping[str, torch.Tensor] | None = None) -> torch.Tensor | None:
    """An operation's first result, done in float32, perhaps with other operands that are `exact`;
    None if its operands are not at hand."""
    exact = exact or {}
    values: list[Any] = []
    named: dict[str, Any] = {}
    for argument in event.func._schema.arguments:
        if argument.name in event.constants:
            value = event.constants[argument.name]
            if isinstance(value, torch.dtype):
                value = torch.float32
        else:
            operand = event.operand(argument.name)
            if operand is None:
                if argument.has_default_value():
                    value = argument.default_value
                else:
                    return None
            else:
                value = exact.get(operand.name, operand.value())
                if value is None:
                    return None
                if value.is_floating_point():
                    # A copy, since the operation may write into it.
                    value = value.to(torch.float32, copy=True)
        if argument.kwarg_only:
            named[argument.name] = value
        else:
            values.append(value)
    try:
        with torch.no_grad():
            result = event.func(*values, **named)
    except Exception:  # an operation that can't be done so tells nothing
        return None
    if isinstance(result, list | tuple):
        result = result[0] if result else None
    return result if isinstance(result, torch.Tensor) else None


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def text(number: Any) -> str:
    """A number for people."""
    if isinstance(number, bool | int | complex):
        return str(number)
    return "?" if number is None else f"{number:.4g}"
