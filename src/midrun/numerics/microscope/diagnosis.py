"""What is to be said of a bad value, once it is known where it began."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from midrun.numerics.microscope import backward, forward
from midrun.numerics.microscope.blame import Origin
from midrun.numerics.microscope.events import Event, Operand, Phase
from midrun.numerics.microscope.look import Look, text
from midrun.numerics.microscope.mode import ALLOCATIONS
from midrun.numerics.places import Place


@dataclass
class Diagnosis:
    """The first bad operation, and its cause. `index` is the element of its output that is bad;
    `also` are other places: where infinities that it took were put on purpose, and the way to the
    harm."""

    cause: str
    reason: str
    event: Event
    place: Place | None
    phase: Phase
    index: tuple[int, ...] = ()
    also: list[Place] = field(default_factory=list)


def diagnose(origin: Origin, events: Mapping[int, Event]) -> Diagnosis:
    """The cause of what began at `origin`, among `events`."""
    event = origin.event
    cause, reason = _cause(origin, events)
    found = Diagnosis(cause, reason, event, event.place, event.phase, event.birth or ())
    if cause == "bad-input":
        found.phase = "data"
        found.place = _entrance(origin, events)
    lines = {_line(found.place)}
    for passed in (*(fed.event for fed in origin.fed), *origin.way):
        if passed.place is not None and _line(passed.place) not in lines:
            lines.add(_line(passed.place))
            found.also.append(passed.place)
    return found


def _line(place: Place | None) -> tuple[str, int] | None:
    return (place.file, place.line) if place is not None else None


def _cause(origin: Origin, events: Mapping[int, Event]) -> tuple[str, str]:
    event = origin.event
    if origin.deliberate and not origin.outside:
        return _literal(origin)
    if event.base in ALLOCATIONS:
        shape = list(event.outputs[0].shape)
        return "uninitialised", f"{event.base} gives memory as it is, here of shape {shape}"
    if origin.operand is not None and origin.outside and not origin.deliberate:
        return _outside(origin.operand)
    look = Look(event, events, event.birth or ())
    is_engines = event.phase == "backward" and event.forward is not None
    if is_engines:
        name, reason = backward.explain(look)
    else:
        name, reason = backward.explain_tangent(look) or forward.explain(look)
    from_data = _from_data(origin)
    if from_data is not None and name in ("unknown", "zero-times-inf", "overflow"):
        return _outside(from_data)
    return name, reason


def _literal(origin: Origin) -> tuple[str, str]:
    """An infinity that was put there on purpose, and still reached the loss."""
    for event in origin.way:
        if event.base.startswith(("nll_loss", "gather", "index")):
            return "bad-target", (
                f"{event.base} takes a value that was masked with {origin.event.base}: the target "
                "names something that is masked out"
            )
    return "unknown", f"an infinity that {origin.event.base} put there reaches the loss"


def _from_data(origin: Origin) -> Operand | None:
    """What held an infinity that came from outside, beside other values: a tensor of nothing else,
    such as `torch.tensor(-math.inf)`, was written so."""
    if origin.outside:
        return origin.operand
    fed = (fed.operand for fed in origin.fed if fed.outside)
    return next((o for o in fed if o is not None and not _is_all_infinite(o)), None)


def _is_all_infinite(operand: Operand) -> bool:
    value = operand.value()
    return value is not None and bool(value.isinf().all())


def _entrance(origin: Origin, events: Mapping[int, Event]) -> Place | None:
    """Where bad data first entered the model: else, where an operation of the training took them
    first."""
    operand = origin.operand or _from_data(origin)
    takers = [
        event
        for event in events.values()
        if operand is not None and any(o.storage == operand.storage for o in event.inputs)
    ]
    for event in (*takers, *origin.way):
        if event.entrance is not None:
            return event.entrance
    taken = [*takers, *origin.way]
    here = (event for event in taken if not event.is_loading and not event.in_setup)
    return next(here, taken[0]).place


def _outside(operand: Operand) -> tuple[str, str]:
    worst = operand.kind.name.lower()
    if operand.is_parameter:
        shape = list(operand.shape)
        return "uninitialised", f"a parameter of shape {shape} holds {worst} from the start"
    value = operand.value()
    count = ""
    if value is not None:
        bad = ~value.isfinite()
        where = [int(i) for i in bad.nonzero()[0]]
        count = f": {text(int(bad.sum()))} of {value.numel()} values, the first at {where}"
    return "bad-input", f"a tensor of shape {list(operand.shape)} comes with {worst}{count}"
