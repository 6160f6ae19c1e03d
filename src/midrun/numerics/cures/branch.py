"""The process that tries a cure: it continues from the savepoint in edited code, for some steps
beyond the one that went bad, and notes how the training goes."""

from __future__ import annotations

import dataclasses
import json
import math
import statistics
import time
import types
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from midrun.branch.sandbox import Sandbox
from midrun.numerics.attached import Attached
from midrun.run.sentinel import has_bad, norm
from midrun.run.steps import gradients_of, parameters_of

if TYPE_CHECKING:
    from midrun.run.current import Run


@dataclass
class Trial:
    """What is to be tried: `overlay` are files with other contents, by their path. It went bad at
    backward pass `bad`, in the optimizer's step number `bad_step`, and goes on for `steps` backward
    passes beyond it, or steps where the program calls no backward pass. `out` is the file that
    takes the answer, `scratch` the folder for what the program writes, and `files` are copies of
    what it had written before."""

    bad: int
    bad_step: int
    steps: int
    out: str = ""
    scratch: str = ""
    overlay: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    def write(self) -> str:
        return json.dumps(dataclasses.asdict(self))


@dataclass
class Outcome:
    """How it went: losses by backward pass (None is not finite), whether all stayed finite for
    how many `steps` beyond the bad one, the norm of the gradient at the end, and the seconds that a
    step took."""

    losses: dict[int, float | None] = field(default_factory=dict)
    finite: bool = True
    steps: int = 0
    gradient: float = math.nan
    seconds: float = math.nan

    @classmethod
    def read(cls, text: str) -> Outcome:
        found = json.loads(text)
        found["losses"] = {int(k): v for k, v in found["losses"].items()}
        return cls(**found)


def attach(run: Run, text: str) -> None:
    """Called in the new process before anything is loaded (`Spec.attach`)."""
    trial = Trial(**json.loads(text))
    sandbox = Sandbox.of_branch(trial.scratch, trial.files)
    for path, contents in trial.overlay.items():
        sandbox.overlay(path, contents)
    sandbox.enter()
    Branch(run, trial).attach(run)


class Branch(Attached):
    """Looks at every step, and ends the process when enough is known."""

    def __init__(self, run: Run, trial: Trial) -> None:
        super().__init__(run, trial.out)
        self._trial = trial
        self._outcome = Outcome()
        self._last = 0.0
        self._times: list[float] = []

    def end(self, error: BaseException | None) -> None:
        if error is not None and not isinstance(error, SystemExit):
            self._outcome.finite = False
        self._count_steps(under_way=0)
        self._answer()

    def loss(self, tensors: list[Any], frame: types.FrameType) -> None:
        self._count_backward()
        now = time.perf_counter()
        if self._last:
            self._times.append(now - self._last)
        self._last = now
        self._end_if_done()
        if tensors and tensors[0].numel() == 1:
            value = float(tensors[0].detach().real)
            is_finite = math.isfinite(value)
            self._outcome.losses[self.count.backwards] = value if is_finite else None
            self._bad_losses = 0 if is_finite else self._bad_losses + 1
            if self._by_hand and not is_finite:
                self._outcome.finite = False
                self._answer()

    def before_step(self, optimizer: Any) -> None:
        self._end_if_done()
        parameters = parameters_of(optimizer.param_groups)
        gradients = gradients_of(parameters)
        self._outcome.gradient = float(norm(gradients))
        worst = float(norm(parameters)) + self._outcome.gradient
        # The norm of large numbers may be infinite where they are not.
        is_bad = not math.isfinite(worst) and any(map(has_bad, [*parameters, *gradients]))
        if is_bad or self._bad_losses:
            self._outcome.finite = False
            self._answer()

    def _end_if_done(self) -> None:
        self._count_steps(under_way=1)
        if self._outcome.steps >= self._trial.steps:
            self._answer()

    def _count_steps(self, under_way: int) -> None:
        trial = self._trial
        if trial.bad:
            done = self.count.backwards - under_way - trial.bad
        else:  # the program sets its gradients by hand, and calls no backward pass
            done = self.count.steps - trial.bad_step
        self._outcome.steps = max(0, done)

    def _answer(self) -> NoReturn:
        outcome = self._outcome
        outcome.seconds = statistics.median(self._times) if self._times else 0.0
        if not math.isfinite(outcome.gradient):
            outcome.gradient = -1.0
        self.answer(dataclasses.asdict(outcome))
