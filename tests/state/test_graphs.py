from __future__ import annotations

import time
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from roundtrip import Blobs, again, dump, load  # noqa: E402
from torch import nn  # noqa: E402

from midrun.state.adapters.graphs import graph_state  # noqa: E402
from midrun.state.session import NotNow  # noqa: E402


def _loss() -> Any:
    model = nn.Linear(3, 2)
    return nn.functional.cross_entropy(model(torch.ones(4, 3)), torch.zeros(4, dtype=torch.long))


class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        return x * 2

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Any:
        (x,) = ctx.saved_tensors
        return grad * 2 + 0 * x


def test_the_three_states() -> None:
    leaf = torch.ones(2, requires_grad=True)
    assert graph_state(torch.ones(2)) == "none"
    assert graph_state(leaf) == "none"
    for make in (
        lambda: _loss(),
        lambda: Double.apply(leaf).sum(),
        lambda: (leaf * leaf).sum() + 1,
        lambda: (torch.ones(2) * leaf).sum(),
        lambda: (leaf * 3)[torch.tensor([1, 0])].exp().sum(),
    ):
        loss = make()
        assert graph_state(loss) == "alive"
        loss.backward(retain_graph=True)
        assert graph_state(loss) == "alive"
        loss.backward()
        assert graph_state(loss) == "freed"


def test_a_graph_that_saves_nothing_stays_alive() -> None:
    loss = (torch.ones(2, requires_grad=True) + 1).sum()
    loss.backward()
    loss.backward()
    assert graph_state(loss) == "alive"


def test_a_sum_of_losses_lives_as_long_as_one_of_them() -> None:
    total = torch.zeros(())
    for _ in range(5):
        loss = _loss()
        total = total + loss
        loss.backward()
    assert graph_state(total) == "freed"
    assert graph_state(total + _loss()) == "alive"


def test_a_large_graph_is_walked_in_time() -> None:
    value = torch.ones(2, requires_grad=True)
    spent = (value * value).sum()
    spent.backward()
    for _ in range(10_000):
        spent = spent + 1
    times = []
    for _ in range(3):
        begin = time.perf_counter()
        assert graph_state(spent) == "freed"
        times.append(time.perf_counter() - begin)
    assert min(times) < 0.1  # about 0.01 s; the rest is for a busy machine


def test_an_unused_graph_defers_the_savepoint() -> None:
    with pytest.raises(NotNow, match="NllLossBackward0"):
        dump([_loss()], Blobs())


def test_a_used_graph_is_saved_as_its_value() -> None:
    loss = _loss()
    loss.backward()
    with pytest.raises(RuntimeError) as expected:
        loss.backward()
    found = again(loss)
    assert repr(found) == repr(loss)
    assert (found.requires_grad, found.is_leaf) == (True, False)
    assert type(found.grad_fn).__name__ == "NllLossBackward0"
    for value in (found, found * 2 + 1):
        with pytest.raises(RuntimeError) as raised:
            value.backward()
        assert str(raised.value) == str(expected.value)


def test_it_can_be_saved_again() -> None:
    loss = _loss()
    loss.backward()
    found = again(loss)
    assert graph_state(found) == "freed"
    assert repr(again(found + 1)) == repr(found + 1)


def test_values_share_memory_and_keep_gradients() -> None:
    leaf = torch.ones(3, requires_grad=True)
    hidden = leaf * leaf
    hidden.retain_grad()
    hidden.sum().backward()
    hidden2, part2 = again((hidden, hidden.detach()[1:]))
    assert hidden2.grad.tolist() == [1, 1, 1]
    assert hidden2.retains_grad
    part2[0] = 7
    assert hidden2[1] == 7


def test_tensors_that_are_known_to_be_dead_are_saved_as_values() -> None:
    dead, blobs = _loss(), Blobs()
    data, _ = dump([dead], blobs, {id(dead)})
    (found,), _ = load(data, blobs)
    assert repr(found) == repr(dead)
    with pytest.raises(RuntimeError, match="second time"):
        found.backward()
    with pytest.raises(NotNow):
        dump([dead, _loss()], Blobs(), {id(dead)})
