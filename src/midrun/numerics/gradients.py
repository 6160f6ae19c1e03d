"""Gradients by hindsight: a run is repeated from a savepoint for some steps, and the norms of its
gradients are noted, component by component, with no change to the code."""

from __future__ import annotations

import dataclasses
import json
import math
import statistics
import types
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from midrun.branch.process import Start, ask_branch, branch_folder
from midrun.branch.sandbox import Sandbox
from midrun.errors import MidrunError
from midrun.numerics.attached import Attached
from midrun.numerics.finding import Row
from midrun.run.steps import parameters_of
from midrun.store import Savepoint

if TYPE_CHECKING:
    from midrun.run.current import Run

_ATTACH = "midrun.numerics.gradients:attach"
_VANISHING = 1e-6  # of the largest component's norm
_EXPLODING = 1e3  # times what it was at first


@dataclass
class Request:
    """`steps` steps of optimizers are repeated, and each one of `every` is noted; a component is a
    module `depth` levels below the model."""

    steps: int
    every: int
    depth: int
    out: str
    scratch: str


@dataclass
class Gradients:
    """The rows, the oldest first, and the components to which something is to be said: "dead",
    "vanishing" or "exploding"."""

    savepoint: str
    rows: list[Row] = field(default_factory=list)
    marks: dict[str, str] = field(default_factory=dict)


def gradients(savepoint: Savepoint, *, steps: int, every: int, depth: int) -> Gradients:
    """Repeat `steps` steps from `savepoint`.

    Raises MidrunError "no-steps" if the program takes none, or could not be repeated.
    """

    def request(out: str, scratch: str) -> str:
        return json.dumps(dataclasses.asdict(Request(steps, every, depth, out, scratch)))

    with branch_folder() as folder:
        text, said = ask_branch(Start(savepoint.run, savepoint), _ATTACH, request, folder)
    rows = [Row(**row) for row in json.loads(text)] if text else []
    if not rows:
        why = f": {said}" if said else "; it may be past its training, or use no optimizer of torch"
        raise MidrunError(f"no step was taken after {savepoint.spec}{why}", slug="no-steps")
    return Gradients(savepoint.spec, rows, marks(rows))


def marks(rows: Sequence[Row]) -> dict[str, str]:
    """What is odd about a component over some steps: "dead" if its gradient is always 0,
    "exploding" if it is not finite or has grown a thousandfold, "vanishing" if it is a millionth of
    the largest component's."""
    series: dict[str, list[float]] = {}
    for row in rows:
        for name, norm in row.gradients.items():
            series.setdefault(name, []).append(norm)
    middles = {name: statistics.median(norms) for name, norms in series.items()}
    largest = max((m for m in middles.values() if math.isfinite(m)), default=0.0)
    found = {}
    for name, norms in series.items():
        if not any(norms):
            found[name] = "dead"
        elif not all(map(math.isfinite, norms)) or norms[-1] > _EXPLODING * (norms[0] or math.inf):
            found[name] = "exploding"
        elif middles[name] < _VANISHING * largest:
            found[name] = "vanishing"
    return found


def attach(run: Run, text: str) -> None:
    """Called in the new process before anything is loaded (`Spec.attach`)."""
    request = Request(**json.loads(text))
    Sandbox.of_branch(request.scratch).enter()
    _Recorder(run, request).attach(run)


class _Recorder(Attached):
    def __init__(self, run: Run, request: Request) -> None:
        super().__init__(run, request.out)
        self._request = request
        self._left = request.steps
        self._components: Any = None

    def loss(self, tensors: list[Any], frame: types.FrameType) -> None:
        self._count_backward()
        if self._components is None:
            from midrun.numerics.microscope.components import Components

            self._components = Components(self._request.depth, self._request.steps)
        value = float(tensors[0].detach().real) if tensors and tensors[0].numel() == 1 else None
        self._components.loss(self.count.backwards, value)

    def before_step(self, optimizer: Any) -> None:
        if self._components is not None:
            parameters = parameters_of(optimizer.param_groups)
            self._components.gradients(self.count.backwards, parameters)

    def after_step(self, optimizer: Any) -> None:
        super().after_step(optimizer)
        self._left -= 1
        if self._left <= 0:
            self._answer()

    def end(self, error: BaseException | None) -> None:
        self._answer()

    def _answer(self) -> NoReturn:
        rows = self._components.rows() if self._components is not None else []
        kept = [dataclasses.asdict(row) for row in rows if row.gradients]
        self.answer(kept[:: self._request.every])
