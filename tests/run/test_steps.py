"""What is seen of a training from outside, and that it is left as it is."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from midrun.run.steps import KEY, watching_steps  # noqa: E402


class Told:
    def __init__(self) -> None:
        self.turns: list[object] = []

    def loss(self, tensors, frame):
        self.turns.append(("loss", [t.item() for t in tensors], frame.f_code.co_filename))

    def derivative(self, tensors, frame):
        self.turns.append(("derivative", [t.item() for t in tensors], frame.f_code.co_filename))

    def gradients(self):
        self.turns.append("gradients")

    def before_step(self, optimizer):
        self.turns.append("before")

    def after_step(self, optimizer):
        self.turns.append("after")


def test_losses_gradients_and_steps_are_told_in_order():
    weight = torch.nn.Parameter(torch.ones(2))
    optimizer = torch.optim.SGD([weight], lr=0.1)
    told = Told()
    with watching_steps(told):
        (weight * 3).sum().backward()
        optimizer.step()
    (what, values, file), *rest = told.turns
    assert (what, values) == ("loss", [6.0])
    assert file.endswith("_tensor.py")
    assert rest == ["gradients", "before", "after"]


def test_several_losses_and_edges_of_the_graph_are_passed_on_as_they_are():
    weight = torch.nn.Parameter(torch.ones(2))
    told = Told()
    with watching_steps(told):
        torch.autograd.backward([weight.sum(), (2 * weight).sum()])
        loss = weight.sum()
        torch.autograd.backward(torch.autograd.graph.get_gradient_edge(loss), torch.ones(()))
    assert weight.grad.tolist() == [4.0, 4.0]
    assert [turn[1] for turn in told.turns if turn != "gradients"] == [[2.0, 4.0], []]


def test_derivatives_that_the_program_takes_itself_are_told():
    told = Told()
    x = torch.tensor(3.0, requires_grad=True)
    with watching_steps(told):
        assert torch.autograd.grad(x * x, x)[0].item() == 6.0
        assert torch.func.grad(lambda x: x**3)(torch.tensor(2.0)).item() == 12.0
    assert [turn[:2] for turn in told.turns] == [("derivative", [9.0]), ("derivative", [8.0])]
    assert told.turns[0][2] == __file__


def test_all_is_as_before_after_it():
    from torch.optim import optimizer as module

    before = torch.autograd.backward, torch.autograd.grad
    with watching_steps(Told()):
        assert torch.autograd.backward is not before[0]
        assert torch.autograd.grad is not before[1]
    assert (torch.autograd.backward, torch.autograd.grad) == before
    assert KEY not in module._global_optimizer_pre_hooks


def test_an_error_in_the_backward_pass_is_the_programs():
    told = Told()
    with watching_steps(told), pytest.raises(RuntimeError, match="does not require grad"):
        torch.ones(()).backward()
    assert told.turns[-1] != "gradients"
