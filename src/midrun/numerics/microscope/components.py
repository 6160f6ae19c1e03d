"""The history that people print by hand: for each component of the model, the norm of its gradient
and the largest value that comes out of it, step by step."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from midrun.numerics.finding import Row
from midrun.numerics.microscope.modules import ModulePath
from midrun.numerics.microscope.tensors import judged, tensors_in

_ROWS = 50  # that are kept
_Output = tuple[int, str]  # the id of the outermost module, and the path of one in it


@dataclass
class _Step:
    """One backward pass: the largest values that came out of modules, and the norms of gradients,
    by the id of the parameter."""

    backward: int
    loss: float | None
    outputs: dict[_Output, float]
    norms: dict[int, float] = field(default_factory=dict)


class Components:
    """A component is a module `depth` levels below the outermost one. The last `rows` steps are
    kept."""

    def __init__(self, depth: int = 1, rows: int = _ROWS) -> None:
        self._depth = depth
        self.modules = ModulePath(on_output=self._output)
        self.modules.watch()
        self._rows: deque[_Step] = deque(maxlen=rows)
        self._outputs: dict[_Output, float] = {}

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
                name = _joined(labels.get(root, ""), self._component(name))
                gradients[name] = math.hypot(gradients.get(name, 0.0), norm)
            outputs = {_joined(labels.get(r, ""), path): v for (r, path), v in step.outputs.items()}
            rows.append(Row(step.backward, step.loss, gradients, outputs))
        return rows

    def loss(self, backward: int, loss: float | None) -> None:
        """A backward pass begins."""
        self._rows.append(_Step(backward, loss, self._outputs))
        self._outputs = {}

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

    def _output(self, path: str, module: nn.Module, output: Any) -> None:
        if path.count(".") < self._depth:
            largest = max((_largest(t) for t in tensors_in(output)), default=0.0)
            key = self.modules.root, path
            self._outputs[key] = max(largest, self._outputs.get(key, 0.0))


def _joined(label: str, path: str) -> str:
    return f"{label}.{path}" if label and path != label else path


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


def _largest(tensor: torch.Tensor) -> float:
    with torch.utils._python_dispatch._disable_current_modes(), torch.no_grad():
        if not judged(tensor):
            return 0.0
        return float(tensor.detach().abs().max())
