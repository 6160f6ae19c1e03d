"""The history that people print by hand: for each component of the model, the norm of its gradient
and the largest value that comes out of it, step by step."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import replace
from typing import Any

import torch
from torch import nn

from midrun.numerics.finding import Row
from midrun.numerics.microscope.modules import ModulePath
from midrun.numerics.microscope.tensors import judged, tensors_in

_ROWS = 50  # that are kept


class Components:
    """A component is a module `depth` levels below the outermost one. The last `rows` steps are
    kept."""

    def __init__(self, depth: int = 1, rows: int = _ROWS) -> None:
        self._depth = depth
        self.modules = ModulePath(on_output=self._output)
        self.modules.watch()
        self._rows: deque[tuple[Row, dict[int, float]]] = deque(maxlen=rows)
        self._outputs: dict[str, float] = {}

    def rows(self) -> list[Row]:
        """The last steps, the oldest first."""
        names = self.modules.parameter_names()
        rows = []
        for row, norms in self._rows:
            components: dict[str, float] = {}
            for number, (key, norm) in enumerate(norms.items()):
                name = self._component(names.get(key, f"parameter {number}"))
                components[name] = math.hypot(components.get(name, 0.0), norm)
            rows.append(replace(row, gradients=components))
        return rows

    def loss(self, backward: int, loss: float | None) -> None:
        """A backward pass begins."""
        self._rows.append((Row(backward, loss, {}, self._outputs), {}))
        self._outputs = {}

    def gradients(self, backward: int, parameters: list[torch.Tensor]) -> dict[int, float]:
        """A step is about to be taken. Returns the norms of the gradients, by the parameter's
        id."""
        with_gradient = [p for p in parameters if p.grad is not None]
        norms = norms_of([p.grad for p in with_gradient])
        found = dict(zip(map(id, with_gradient), norms, strict=True))
        if self._rows and self._rows[-1][0].backward == backward:
            self._rows[-1][1].update(found)
        return found

    def _component(self, name: str) -> str:
        """The component that a parameter belongs to."""
        parts = name.split(".")
        return ".".join(parts[: min(self._depth, max(len(parts) - 1, 1))])

    def _output(self, path: str, module: nn.Module, output: Any) -> None:
        if path.count(".") < self._depth:
            largest = max((_largest(t) for t in tensors_in(output)), default=0.0)
            self._outputs[path] = max(largest, self._outputs.get(path, 0.0))


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
