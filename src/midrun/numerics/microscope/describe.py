"""From a diagnosis to a finding: what was seen, in words and plain numbers."""

from __future__ import annotations

from midrun.numerics.finding import Finding, Line
from midrun.numerics.microscope.blame import Origin
from midrun.numerics.microscope.diagnosis import Diagnosis
from midrun.numerics.microscope.events import Event, Operand
from midrun.numerics.microscope.look import text
from midrun.numerics.microscope.tensors import at

_WAY = 6  # events that are shown of the way to the harm


def finding(diagnosis: Diagnosis, origin: Origin, harm: str, batch: int) -> Finding:
    """What there is to say of `diagnosis`; `harm` is what has become of it. The newest batch has
    `batch` samples."""
    event = diagnosis.event
    index = list(diagnosis.index)
    is_of_batch = index and event.bad >= 0 and event.output.shape[0] == (event.batch or batch)
    return Finding(
        cause=diagnosis.cause,
        reason=diagnosis.reason,
        phase=diagnosis.phase,
        operation=event.name,
        line=Line.of(diagnosis.place) if diagnosis.place is not None else None,
        module=event.module,
        index=index,
        sample=index[0] if is_of_batch else -1,
        harm=harm,
        operands=[*(_operand(event, o) for o in event.inputs), *_constants(event)],
        way=_way(origin),
        also=[Line.of(place) for place in diagnosis.also[:3]],
    )


def _operand(event: Event, operand: Operand) -> str:
    """A line such as `self: float32 [8, 3], from -2.1 to 7, 0 at [2, 1]`."""
    kind = str(operand.dtype).removeprefix("torch.")
    said = f"{operand.name}: {kind} {list(operand.shape)}"
    value = operand.value()
    if value is None or not value.numel() or value.is_complex() or value.is_sparse:
        return said
    finite = value[value.isfinite()] if value.is_floating_point() else value
    if value.dim() == 0:
        return f"{said} = {text(value.item())}"
    if finite.numel():
        said += f", from {text(finite.min().item())} to {text(finite.max().item())}"
    bad = value.numel() - finite.numel()
    said += f", {bad} not finite" if bad else ""
    if event.birth is not None and event.outputs:
        number = at(value, event.birth, event.output.shape)
        said += f", {text(number)} at {list(event.birth)}" if number is not None else ""
    return said


def _constants(event: Event) -> list[str]:
    shown = (int, float, str, list, tuple)
    return [
        f"{name}: {value}"
        for name, value in event.constants.items()
        if isinstance(value, shown) and value not in ([], ())
    ]


def _way(origin: Origin) -> list[str]:
    """The turns from the origin to the harm: one a line of the program and phase."""
    turns: list[str] = []
    last = None
    for event in origin.way:
        place = event.place
        key = (place.file, place.line, event.phase) if place is not None else (event.phase,)
        if key == last or not event.outputs or event.bad < 0:
            continue
        last = key
        where = f"line {place.line}" if place is not None else "in a library"
        turns.append(f"{event.output.kind.name.lower()} in {event.base} ({event.phase}, {where})")
    if len(turns) > _WAY:
        turns[_WAY - 2 : -1] = [f"... {len(turns) - _WAY + 1} more"]
    return turns
