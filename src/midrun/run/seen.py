"""What the sentinel sees of a training, as data."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Count:
    """How far the training is: backward passes begun, and steps of optimizers done. `by_hand` says
    that the program has called `backward` nowhere yet, and only derivatives were counted."""

    backwards: int = 0
    steps: int = 0
    by_hand: bool = False

    def within(self, other: Count) -> bool:
        """Whether this is not after `other`."""
        return self.backwards <= other.backwards and self.steps <= other.steps


@dataclass
class Look:
    """One look at an optimizer, which is told from others by what it is and how much it trains: the
    loss of that backward pass, NaN if it was not read, and the L2 norms of the gradients of each of
    its groups and of all its parameters."""

    count: Count
    loss: float
    groups: list[float]
    parameters: float
    optimizer: str

    @property
    def gradients(self) -> float:
        """The L2 norm of all its gradients."""
        return math.hypot(*self.groups)

    @classmethod
    def read(cls, values: dict[str, Any]) -> Look:
        """From plain data."""
        return cls(**values | {"count": Count(**values["count"])})


@dataclass
class Activations:
    """The largest absolute values in the forward pass before a backward pass: of what the model was
    given ("inputs"), of what it returned ("outputs"), and of what each of its top-level modules
    did. With several models, each name begins with the class of its own."""

    backward: int
    largest: dict[str, float]


@dataclass
class Trip:
    """What was seen: `what` is "loss", "gradient" or "parameter"; at `clean`, all was finite."""

    what: str
    value: str
    count: Count
    clean: Count
    file: str
    line: int
    history: list[Look] = field(default_factory=list)
    activations: list[Activations] = field(default_factory=list)

    def record(self) -> dict[str, Any]:
        """As an event of the run's log."""
        return {"event": "nan", **asdict(self)}

    @classmethod
    def read(cls, event: dict[str, Any]) -> Trip:
        """From such an event."""
        history = [Look.read(look) for look in event["history"]]
        return cls(
            event["what"], event["value"], Count(**event["count"]), Count(**event["clean"]),
            event["file"], event["line"], history,
            [Activations(**sample) for sample in event.get("activations", [])],
        )  # fmt: skip
