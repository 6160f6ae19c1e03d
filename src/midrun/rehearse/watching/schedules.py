"""What the arguments of torch's schedulers say about how often they are to be stepped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_DEAD = 1e-6  # of the learning rate: nothing is learned any more
_ALIVE = 1e-4


@dataclass(frozen=True)
class Rates:
    """How often, in the whole run: a scheduler's steps, the rounds of the outer loop, those of the
    inner one each time, and the optimizer's steps."""

    times: float
    outer: int
    inner: int
    steps: float


@dataclass(frozen=True)
class Plan:
    """A scheduler: its class, and the argument that counts its steps; `gamma` where it decays."""

    kind: str
    argument: str
    first: float
    last: float
    gamma: float = 1.0

    def __str__(self) -> str:
        return f"{self.argument}={self.last:g}"

    def too_often(self, rates: Rates) -> str | None:
        """What comes of it where it is stepped for each batch, if its argument counts epochs."""
        last, times = self.last, rates.times
        if self.kind == "OneCycleLR":
            return f"it fails after {last:g}" if times > 1.02 * last else None
        if self.kind == "PolynomialLR":
            return f"the learning rate is 0 after {last:g}" if times > 1.5 * last else None
        if self.kind == "CosineAnnealingLR":
            is_cycle = last % rates.inner == 0 and last != rates.outer
            is_epochs = rates.outer / 2 <= last <= 2 * rates.outer or 3 * last < rates.inner
            bad = times > 1.5 * last and is_epochs and not is_cycle
            return f"the learning rate goes up and down {times / last:.0f} times" if bad else None
        if self.kind == "MultiStepLR":
            bad = last < 0.1 * times and last <= 1.5 * rates.outer
            return "all milestones have passed in the first tenth" if bad else None
        if self.kind in ("StepLR", "ExponentialLR"):
            end, meant = self.gamma ** (times / last), self.gamma ** (rates.outer / last)
            bad = end < _DEAD and meant >= _ALIVE
            return f"the learning rate ends at {end:.0e} of what it was" if bad else None
        return None

    def too_seldom(self, rates: Rates) -> str | None:
        """What comes of it where it is stepped for each epoch, if its argument counts batches."""
        last, times, steps = self.last, rates.times, rates.steps
        if self.kind == "OneCycleLR":
            bad = times < 0.5 * last
        elif self.kind in ("CosineAnnealingLR", "PolynomialLR", "LinearLR"):
            bad = last >= 2 * times and 0.7 * steps <= last <= 1.4 * steps
        elif self.kind in ("StepLR", "MultiStepLR"):
            bad = max(3 * times, rates.inner) <= self.first and last <= 1.1 * steps
        else:
            bad = False
        return f"it comes to {min(1, times / last):.1%} of its way" if bad else None


def plan_of(scheduler: Any) -> Plan | None:
    """What a scheduler's arguments say; None for those that go on and on, or are not torch's."""
    kind = type(scheduler).__name__
    if not type(scheduler).__module__.startswith("torch."):
        return None
    found = vars(scheduler)
    gamma = float(found.get("gamma", 1.0))
    arguments = {
        "OneCycleLR": "total_steps",
        "CosineAnnealingLR": "T_max",
        "PolynomialLR": "total_iters",
        "LinearLR": "total_iters",
        "StepLR": "step_size",
    }
    if kind in arguments:
        name = arguments[kind]
        return Plan(kind, name, found[name], found[name], gamma)
    if kind == "ExponentialLR":
        return Plan(kind, "gamma", 1, 1, gamma)
    if kind == "MultiStepLR" and found["milestones"]:
        milestones = sorted(found["milestones"])
        return Plan(kind, "milestones up to ", milestones[0], milestones[-1], gamma)
    return None
