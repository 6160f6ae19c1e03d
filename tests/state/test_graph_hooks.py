"""Looking at a graph runs no code of the program's."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from midrun.state.adapters.graphs import graph_state  # noqa: E402


def test_saved_tensors_are_not_unpacked_by_hooks():
    unpacked: list[int] = []

    def unpack(tensor):
        unpacked.append(1)
        return tensor

    x = torch.randn(3, requires_grad=True)
    with torch.autograd.graph.saved_tensors_hooks(lambda tensor: tensor, unpack):
        y = (x * x).exp()
    assert graph_state(y) == "alive"
    assert unpacked == []
    y.sum().backward()
    assert graph_state(y) == "freed"
