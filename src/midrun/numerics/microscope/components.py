"""The history that people print by hand: for each component of the model, the norm of its gradient
and the largest value that comes out of it, step by step; and the largest one that goes into the
model."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import torch

from midrun.numerics.finding import Row
from midrun.numerics.microscope.modules import ModulePath
from midrun.numerics.microscope.tensors import judged, tensors_in
from midrun.run.activations import joined, larger

_ROWS = 50  # that are kept
_Value = tuple[int, str]  # the id of the outermost module, and a name: see ModulePath


@dataclass
class _Step:
    """One backward pass: the largest values that came out of modules, and the norms of gradients,
    by the id of the parameter."""

    backward: int
    loss: float | None
    largest: dict[_Value, float]
    norms: dict[int, float] = field(default_factory=dict)


class Components:
    """A component is a module `depth` levels below the outermost one. The last `rows` steps are
    kept."""

    def __init__(self, depth: int = 1, rows: int = _ROWS) -> None:
        self._depth = depth
        self.modules = ModulePath(self._values)
        self.modules.watch()
        self._rows: deque[_Step] = deque(maxlen=rows)
        self._largest: dict[_Value, float] = {}

    def rows(self) -> list[Row]:
        """The last steps, the oldest first."""
        roots = self.modules.roots
        names = roots.parameter_names()
        labels = roots.labels({root for root, _ in names.values()})
        rows = []
        for step in self._rows:
            gradients: dict[str, float] = {}
            for number, (key, norm) in enumerate(step.norms.items()):
                root, name = names.get(key, (0, f"parameter {number}"))
                name = joined(labels.get(root, ""), self._component(name))
                gradients[name] = math.hypot(gradients.get(name, 0.0), norm)
            largest = {joined(labels.get(r, ""), name): v for (r, name), v in step.largest.items()}
            rows.append(Row(step.backward, step.loss, gradients, largest))
        return rows

    def loss(self, backward: int, loss: float | None) -> None:
        """A backward pass begins."""
        self._rows.append(_Step(backward, loss, self._largest))
        self._largest = {}

    def gradients(self, backward: int, parameters: list[torch.Tensor]) -> dict[int, float]:
        """A step is about to be taken. Returns the norms of the gradients, by the parameter's
        id."""
        with_gradient = [p for p in parameters if p.grad is not None]
        norms = norms_of([p.grad for p in with_gradient])
        found = dict(zip(map(id, with_gradient), norms, strict=True))
        if self._rows and self._rows[-1].backward == backward:
            self._rows[-1].norms.update(found)
        return found

    def _component(self, name: str) -> str:
        """The component that a parameter belongs to."""
        parts = name.split(".")
        return ".".join(parts[: min(self._depth, max(len(parts) - 1, 1))])

    def _values(self, name: str, level: int, values: Any) -> None:
        root = self.modules.root
        if level <= self._depth and root in self.modules.roots:
            key = root, ".".join(name.split(".")[: self._depth])
            for value in map(_largest_of, tensors_in(values)):
                if value is not None:
                    self._largest[key] = larger(value, self._largest.get(key, 0.0))


def norms_of(tensors: list[torch.Tensor]) -> list[float]:
    """The L2 norm of each tensor: in double precision only where that is needed, since it takes
    many times as long."""
    with torch.utils._python_dispatch._disable_current_modes(), torch.no_grad():
        dense = [_precise(tensor.detach().to_dense()) for tensor in tensors]
        kinds: dict[tuple[torch.dtype, torch.device], list[int]] = {}
        for index, tensor in enumerate(dense):
            kinds.setdefault((tensor.dtype, tensor.device), []).append(index)
        norms = [0.0] * len(dense)
        for indices in kinds.values():
            found = torch.stack(torch._foreach_norm([dense[index] for index in indices]))
            for index, norm in zip(indices, found.tolist(), strict=True):
                norms[index] = norm if math.isfinite(norm) else _norm(dense[index])
        return norms


def _precise(tensor: torch.Tensor) -> torch.Tensor:
    is_precise = tensor.dtype in (torch.float32, torch.float64) or tensor.is_complex()
    return tensor if is_precise else tensor.double()


def _norm(tensor: torch.Tensor) -> float:
    return float(torch.linalg.vector_norm(tensor.double()))


def _largest_of(tensor: torch.Tensor) -> float | None:
    with torch.utils._python_dispatch._disable_current_modes(), torch.no_grad():
        if not judged(tensor) or tensor.layout is not torch.strided:
            return None
        return float(tensor.detach().abs().max())
