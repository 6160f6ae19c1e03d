"""The process that tries a cure: it continues from the savepoint in edited code, up to some steps
beyond the one that went bad, and notes how the training goes."""

from __future__ import annotations

import dataclasses
import json
import math
import statistics
import time
import types
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from midrun.numerics.attached import Attached
from midrun.numerics.sandbox import Sandbox
from midrun.run.sentinel import norm
from midrun.run.steps import gradients_of, parameters_of

if TYPE_CHECKING:
    from midrun.run.current import Run

LEAST = 50  # backward passes beyond the bad one that a cure has to last
_MOST = 200
_SECONDS = 30.0  # after which the least is enough


@dataclass
class Trial:
    """What is to be tried: `overlay` are files with other contents, by their path."""

    bad: int
    out: str
    scratch: str
    overlay: dict[str, str] = field(default_factory=dict)

    def write(self) -> str:
        return json.dumps(dataclasses.asdict(self))


@dataclass
class Outcome:
    """How it went: losses by backward pass (None is not finite), whether all stayed finite, the
    norm of the gradient at the end, and the seconds that a step took."""

    losses: dict[int, float | None] = field(default_factory=dict)
    finite: bool = True
    reached: int = 0
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
    sandbox = Sandbox(Path(trial.scratch))
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
        self._began = self._last = 0.0
        self._times: list[float] = []

    def begin(self) -> None:
        self._began = time.perf_counter()

    def end(self, error: BaseException | None) -> None:
        if error is not None and not isinstance(error, SystemExit):
            self._outcome.finite = False
        self._answer()

    def loss(self, tensors: list[Any], frame: types.FrameType) -> None:
        self._count_backward()
        now = time.perf_counter()
        if self._last:
            self._times.append(now - self._last)
        self._last = now
        done = self.count.backwards - self._trial.bad
        if done > _MOST or (done > LEAST and now - self._began > _SECONDS):
            self._answer()
        if tensors and tensors[0].numel() == 1:
            value = float(tensors[0].detach().real)
            is_finite = math.isfinite(value)
            self._outcome.losses[self.count.backwards] = value if is_finite else None
            self._bad_losses = 0 if is_finite else self._bad_losses + 1

    def before_step(self, optimizer: Any) -> None:
        parameters = parameters_of(optimizer.param_groups)
        gradients = gradients_of(parameters)
        self._outcome.gradient = float(norm(gradients))
        worst = float(norm(parameters)) + self._outcome.gradient
        if not math.isfinite(worst) or self._bad_losses:
            self._outcome.finite = False
            self._answer()

    def _answer(self) -> NoReturn:
        outcome = self._outcome
        # A program may set its gradients by hand, and call no backward pass.
        outcome.reached = self.count.backwards or self.count.steps
        outcome.seconds = statistics.median(self._times) if self._times else 0.0
        if not math.isfinite(outcome.gradient):
            outcome.gradient = -1.0
        self.answer(dataclasses.asdict(outcome))
