"""From a bad loss, gradient or parameter back to the operation that is to blame.

The way goes from each bad value to the operand that it came from, a NaN before an infinity, and
ends at the operation that made a bad value of finite ones. A NaN that was made of infinities (0
times inf, a softmax over a row of -inf) is the fault of the operation that made the infinity,
unless that was put there on purpose, by a mask, a literal or a fill: then it is its own.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import torch

from midrun.numerics.microscope.events import Event, Operand
from midrun.numerics.microscope.look import HALVES
from midrun.numerics.microscope.mode import ALLOCATIONS, Microscope
from midrun.numerics.microscope.tensors import Kind, at, kind

# Operations by which programs write infinities on purpose.
_DELIBERATE = frozenset({
    "full", "full_like", "new_full", "fill", "masked_fill", "scalar_tensor", "lift_fresh",
    "lift_fresh_copy", "constant_pad_nd", "where", "index_fill", "scatter",
    "max_pool2d_with_indices",
})  # fmt: skip
_DIVISORS = {"div": "other", "reciprocal": "self", "rsqrt": "self"}
_SELECTIONS = frozenset({
    "where", "masked_fill", "index", "masked_select", "gather", "clamp", "clamp_min", "clamp_max",
    "minimum", "maximum", "index_select", "nan_to_num",
})  # fmt: skip


@dataclass
class Origin:
    """Where a bad value began: at `event`; or, if `outside`, in an operand of `event` that had been
    bad before the microscope looked, or that no operation had written. `deliberate` is true of an
    infinity that was put there on purpose. `fed` are the origins of such infinities that `event`
    took, and `way` the events from there to the harm."""

    event: Event
    operand: Operand | None = None
    outside: bool = False
    deliberate: bool = False
    fed: list[Origin] = field(default_factory=list)
    way: list[Event] = field(default_factory=list)


def trace(microscope: Microscope, tensors: Sequence[torch.Tensor]) -> list[Origin]:
    """Where the bad values of `tensors` began, without those that no operation wrote that was
    seen."""
    tracer = _Tracer(microscope.events)
    sources = [tracer.source(microscope.writers(tensor), kind(tensor)) for tensor in tensors]
    return [tracer.trace(event) for event in sources if event is not None]


def trace_event(microscope: Microscope, event: Event) -> Origin:
    """Where the bad values that `event` gave began."""
    return _Tracer(microscope.events).trace(event)


def trace_last(microscope: Microscope) -> Origin | None:
    """Where the bad values of the last operation that gave any began: for programs that notice it
    themselves, and raise."""
    for event in reversed(microscope.events.values()):
        if event.bad >= 0:
            return trace_event(microscope, event)
    return None


def as_used(origin: Origin) -> Origin:
    """The same, with the phase by what is done with the value: the weight of a loss that is worked
    out of gradients is a part of the forward pass."""
    of_gradients = list(
        itertools.takewhile(lambda e: e.phase == "optimizer" and not e.in_step, origin.way)
    )
    later = origin.way[len(of_gradients) :]
    if not of_gradients or not later or later[0].phase != "forward" or not later[0].in_graph:
        return origin
    if not later[0].guilty or later[0].guilty[0].requires_grad:  # a parameter, updated by hand
        return origin
    way = [*(replace(event, phase="forward") for event in of_gradients), *later]
    return replace(origin, event=way[0], way=way)


class _Tracer:
    def __init__(self, events: Mapping[int, Event]) -> None:
        self._events = events
        self._known: dict[int, Origin] = {}

    def source(self, writers: Sequence[int], worst: Kind) -> Event | None:
        """Which of the events that wrote an operand's memory made it bad."""
        found = None
        for index in reversed(writers):
            event = self._events.get(index)
            if event is None:
                continue
            if event.base in ALLOCATIONS:
                return found or event
            if event.bad >= 0 and event.output.kind >= worst:
                return event
            if event.bad >= 0:
                found = found or event
        return found

    def trace(self, event: Event) -> Origin:
        """Where the bad values that `event` gave began. That is worked out for all before it first,
        from the oldest on, so that no chain is too long for Python's stack."""
        for earlier in self._events.values():
            if earlier.bad >= 0 and earlier.index < event.index:
                self.origin(earlier)
        return self.origin(event)

    def origin(self, event: Event) -> Origin:
        if event.index not in self._known:
            found = self._origin(event)
            found.way.append(event)
            self._known[event.index] = found
        found = self._known[event.index]
        return replace(found, way=[*found.way])

    def _origin(self, event: Event) -> Origin:
        if event.base in ALLOCATIONS:
            return Origin(event)
        is_nan = event.output.kind is Kind.NAN
        from_nan = [o for o in event.guilty if o.kind is Kind.NAN]
        from_inf = [o for o in event.guilty if o.kind is Kind.INF]
        if is_nan and from_nan:
            return self._first(event, from_nan)
        earlier = [self._from(event, operand) for operand in from_inf]
        real = [o for o in earlier if not o.deliberate and not _same_node(event, o.event)]
        if real and not self._was_thrown_away(event, real[0]):
            return real[0]
        swallowed = self._swallowed(event) if event.is_born and not earlier else None
        if swallowed is not None:
            return swallowed
        own = Origin(event, deliberate=event.base in _DELIBERATE and not is_nan, fed=earlier)
        made = event.forward
        if made is not None and made.bad >= 0 and made.base not in _DELIBERATE and not earlier:
            before = self.origin(made)
            if not before.deliberate and not self._was_thrown_away(event, before):
                return before  # a later operation made it finite again, as atan does
        if not is_nan and event.base == "logsumexp":  # of a row with nothing in it
            return own
        if earlier and not is_nan and not (event.is_born and not own.deliberate):
            return earlier[0]
        return own

    def _swallowed(self, event: Event) -> Origin | None:
        """Where an infinity of half precision began that made a zero which `event` can't take: the
        logarithm of 1 / inf, where the quotient is far from zero."""
        index, operands = event.birth, list(event.inputs)
        for operand in itertools.islice(operands, 8):  # grows as it goes
            if not _is_at(operand, index, event, (0.0,)) or not operand.writers:
                continue
            maker = self._events.get(operand.writers[-1])
            if maker is None:
                continue
            divisor = maker.operand(_DIVISORS.get(maker.base, ""))
            if divisor is None or not _is_at(divisor, index, event, (math.inf, -math.inf)):
                operands += maker.inputs
                continue
            origin = self._from(maker, replace(divisor, kind=Kind.INF))
            is_lost = not origin.deliberate and divisor.dtype in HALVES
            return replace(origin, way=[*origin.way, maker]) if is_lost else None
        return None

    def _was_thrown_away(self, event: Event, origin: Origin) -> bool:
        """Whether the infinity did no harm in the forward pass, since all that took it selected
        other values, and does in the backward pass, where its gradient is 0 times inf."""
        made = origin.event
        if event.phase != "backward" or made.phase != "forward" or not made.outputs:
            return False
        tainted, ends = {made.index}, []
        later = range(made.index + 1, event.index)
        for taker in filter(None, map(self._events.get, later)):
            if taker.phase == "forward" and any(tainted & {*o.writers} for o in taker.inputs):
                if taker.bad >= 0:
                    tainted.add(taker.index)
                else:
                    ends.append(taker.base)
        return bool(ends) and all(base in _SELECTIONS for base in ends)

    def _first(self, event: Event, operands: list[Operand]) -> Origin:
        """The earliest of the origins of several operands."""
        origins = [self._from(event, operand) for operand in operands]
        return min(origins, key=lambda origin: (origin.outside, origin.event.index))

    def _from(self, event: Event, operand: Operand) -> Origin:
        source = self.source(operand.writers, operand.kind)
        if source is None or source.index >= event.index:
            # A mask that was made before counts as put there on purpose; NaN never is.
            deliberate = operand.kind is Kind.INF and not operand.is_parameter
            return Origin(event, operand, outside=True, deliberate=deliberate)
        return self.origin(source)


def _is_at(
    operand: Operand, index: tuple[int, ...] | None, event: Event, numbers: tuple[float, ...]
) -> bool:
    """Whether an operand is one of some numbers at an element of what `event` gives."""
    value = operand.value()
    return value is not None and at(value, index or (), event.output.shape) in numbers


def _same_node(event: Event, other: Event) -> bool:
    """Whether both belong to the derivative of one operation: it is explained as a whole."""
    return event.forward is not None and event.forward is other.forward
