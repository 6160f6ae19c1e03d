"""The process that goes back: it continues from a savepoint as the run did, and watches the step
that went bad under the microscope.

It is started by `midrun why` as a resume with `attach`, so that it runs the program's own code with
the program's own state. What it finds it writes to a file, and it ends there.
"""

from __future__ import annotations

import dataclasses
import json
import math
import types
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from midrun.numerics.arrays import Arrays
from midrun.numerics.attached import Attached
from midrun.numerics.batches import Batches
from midrun.run.imports import after_import
from midrun.run.policy import Reason
from midrun.run.seen import Count, Look
from midrun.run.steps import gradients_of, parameters_of

if TYPE_CHECKING:
    from midrun.numerics.finding import Finding
    from midrun.numerics.microscope.lens import Lens
    from midrun.run.current import Run

_BEFORE = 5  # backward passes before the first that is watched, a savepoint is taken
_WORTH = 5  # if that is so many beyond where it began
_PATIENCE = 20  # backward passes beyond the bad one, in which it should have come


@dataclass
class Request:
    """What is to be watched: from `begin`, when all was still finite, on; it went bad at `bad`
    backward passes, by the sentinel, and `history` is what that had seen by then. `out` is the file
    that takes the answer, `scratch` the folder for what the program writes."""

    begin: Count
    bad: int
    out: str
    scratch: str
    history: list[Look]

    def write(self) -> str:
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def read(cls, text: str) -> Request:
        found = json.loads(text)
        found["begin"] = Count(**found["begin"])
        found["history"] = [Look.read(look) for look in found["history"]]
        return cls(**found)


def attach(run: Run, text: str) -> None:
    """Called in the new process before anything is loaded (`Spec.attach`)."""
    from midrun.branch.sandbox import Sandbox

    request = Request.read(text)
    sandbox = Sandbox.of_branch(request.scratch)
    sandbox.enter()
    replay = Replay(run, request, sandbox.copies)
    replay.batches.watch()
    replay.arrays.watch()
    replay.attach(run)


class Replay(Attached):
    """Looks at every step, and through the microscope from the last one on that was fine."""

    def __init__(self, run: Run, request: Request, files: dict[str, str] | None = None) -> None:
        super().__init__(run, request.out)
        self._run = run
        self._request = request
        self._files = files if files is not None else {}
        self.batches = Batches()
        self.arrays = Arrays(run.own.has_file)
        self._first = 0
        self._asked = False
        self._lens: Lens | None = None
        self._suspect: Finding | None = None
        self._entered = False

    def begin(self) -> None:
        self._first = self.count.backwards
        after_import("torch", lambda _: self._enter_if_due())

    def end(self, error: BaseException | None) -> None:
        """The program has ended before anything was seen; if by an error, it may have noticed."""
        if self._lens is not None and self._entered:
            seen = self._lens.at_error(error) if error is not None else None
            self._answer(self._suspect or self._dated(seen))
        self._answer(None)

    def loss(self, tensors: list[Any], frame: types.FrameType) -> None:
        self._count_backward()
        if self.count.backwards > self._request.bad + _PATIENCE:
            self._answer(self._suspect)
        lens = self._watching()
        value = tensors[0].detach() if tensors and tensors[0].numel() == 1 else None
        self._loss = float(value.real) if value is not None else math.nan
        lens.saw_loss(self.count, self._loss)
        if self._entered and self._suspect is None:
            self._suspect = self._dated(lens.bad(tensors, "loss"))

    def derivative(self, tensors: list[Any], frame: types.FrameType) -> None:
        before = self._backwards
        super().derivative(tensors, frame)
        if self._backwards == before:  # it is not this program's backward pass
            return
        if math.isfinite(self._loss):
            self._suspect = None  # the program has left the bad one out
        elif self._backwards >= self._request.bad:
            self._answer(self._suspect)
        if self._entered:
            self._watching().next_step()
        self._enter_if_due()

    def gradients(self) -> None:
        lens = self._watching()
        if self._entered and self._suspect is None and (leaves := lens.leaves()):
            self._suspect = self._dated(lens.bad(gradients_of(leaves), "gradient"))

    def before_step(self, optimizer: Any) -> None:
        lens = self._watching()
        lens.saw_gradients(self.count, optimizer)
        if self._entered:
            gradients = gradients_of(parameters_of(optimizer.param_groups))
            found = self._dated(lens.bad(gradients, "gradient"))
            still_bad = self._suspect is not None and not math.isfinite(self._loss)
            if found is not None or still_bad:
                self._answer(self._suspect or found)
            self._suspect = None  # the program has left the bad loss out
            lens.in_optimizer(True)
        self._enter_if_due()

    def after_step(self, optimizer: Any) -> None:
        super().after_step(optimizer)
        if self._entered:
            lens = self._watching()
            lens.in_optimizer(False)
            found = self._dated(lens.bad(parameters_of(optimizer.param_groups), "parameter"))
            if found is not None:
                found.step -= 1  # it has been counted
                self._answer(self._suspect or found)
            lens.next_step()
        self._save_if_near()

    def _save_if_near(self) -> None:
        """Take a savepoint some steps before the bad one, for cures to be tried from."""
        near = max(self._request.begin.backwards - _BEFORE, self._first + _WORTH)
        if not self._entered and not self._asked and self.count.backwards >= near:
            self._asked = True
            self._run.ask(Reason("before the bad step", asked=False))

    def _watching(self) -> Lens:
        if self._lens is None:
            from midrun.numerics.microscope.lens import Lens

            self._lens = Lens(self._run.own.has_file, self._request.history)
        return self._lens

    def _enter_if_due(self) -> None:
        begin = self._request.begin
        reached = begin.within(self.count)
        if reached and not self._entered:
            self._entered = True
            if self._asked:  # the microscope is no part of the program's state
                self._run.policy.wanted.clear()
            self._watching().enter()

    def _dated(self, found: Finding | None) -> Finding | None:
        """What was found, with when that was."""
        if found is not None:
            found.backward = self.count.backwards
            found.step = found.backward if self._by_hand else self.count.steps + 1
            found.item = self.batches.item(found.sample)
        return found

    def _answer(self, found: Finding | None) -> NoReturn:
        """Write what was found, and end the process."""
        answer: dict[str, Any] = {"found": None, "reached": self.count.backwards}
        if found is not None:
            if found.cause == "bad-input":
                self.arrays.tell(found)
            answer["found"] = dataclasses.asdict(found)
        if self._asked and (near := self._saved()) is not None:
            answer["near"], answer["files"] = near, self._files
        self.answer(answer)

    def _saved(self) -> str | None:
        """The savepoint that was taken, once it is on disk."""
        self._run.finish_writing()
        return self._run.newest.spec if self._run.newest is not None else None
