"""What the microscope saw: operations and their operands, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import torch

from midrun.numerics.microscope.tensors import Kind
from midrun.numerics.places import Place

Phase = Literal["forward", "backward", "optimizer", "data"]


@dataclass
class Operand:
    """A tensor that an operation read or wrote.

    `name` is that of the argument in the operation's schema, with an index in a list of tensors
    ("self[3]"); `writers` are the events that had written its memory, the newest last. `tensor` is
    None where it is too large to be kept.
    """

    name: str
    shape: torch.Size
    dtype: torch.dtype
    writers: tuple[int, ...]
    kind: Kind = Kind.FINITE
    tensor: torch.Tensor | None = None
    version: int = -1
    storage: int = 0
    is_parameter: bool = False
    requires_grad: bool = False

    def value(self) -> torch.Tensor | None:
        """The tensor, if it is still as it was then."""
        if self.tensor is None or (self.version >= 0 and self.tensor._version != self.version):
            return None
        return self.tensor


@dataclass
class Event:
    """An operation. `constants` are its other arguments by name; `node` is the autograd node that
    it belongs to in a backward pass, and `forward` the event of the forward pass that made the
    node. `guilty` are the operands that a bad output got its value from, the most likely first;
    `in_graph` says whether gradients were enabled, `is_loading` whether a DataLoader made a batch
    by it, `in_setup` whether it was before the first steps, `has_tangents` whether derivatives were
    computed in forward mode, and `batch` how many samples the outermost module was given last.
    """

    index: int
    name: str
    func: Any
    phase: Phase
    place: Place | None
    module: str
    inputs: list[Operand]
    constants: dict[str, Any]
    outputs: list[Operand] = field(default_factory=list)
    node: str = ""
    forward: Event | None = None
    bad: int = -1
    guilty: list[Operand] = field(default_factory=list)
    birth: tuple[int, ...] | None = None
    is_born: bool = False
    in_step: bool = False
    in_graph: bool = False
    entrance: Place | None = None
    batch: int = 0
    is_loading: bool = False
    in_setup: bool = False
    has_tangents: bool = False

    @property
    def base(self) -> str:
        """The operation's name without its overload, and without what marks it as in place or one
        over lists: `div` for `aten._foreach_div_.List`."""
        name = self.name.split(".")[1] if "." in self.name else self.name
        return name.removeprefix("_foreach_").rstrip("_")

    @property
    def output(self) -> Operand:
        """The bad output."""
        return self.outputs[self.bad]

    def operand(self, name: str) -> Operand | None:
        """The operand `name`; of a list of tensors, the one that belongs to the bad output."""
        for operand in self.inputs:
            if operand.name in (name, f"{name}[{self.bad}]"):
                return operand
        return None
