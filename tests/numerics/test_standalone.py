"""The microscope as a context manager."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

import midrun  # noqa: E402


def model():
    torch.manual_seed(0)
    return torch.nn.Linear(3, 2)


def test_a_bad_gradient_is_told_with_its_line(capsys):
    net = model()
    with midrun.microscope(net) as sight:
        loss = torch.sqrt((net(torch.zeros(4, 3)) - net.bias) ** 2).sum()
        loss.backward()
    assert sight.finding.cause == "infinite-derivative"
    assert "torch.sqrt" in sight.finding.line.text
    assert "MR103 finite value, infinite derivative" in capsys.readouterr().err


def test_a_bad_loss_without_a_backward_pass():
    with midrun.microscope(show=False) as sight:
        torch.log(torch.zeros(3)).mean()
    assert sight.finding.cause == "log-domain"


def test_a_way_of_thousands_of_operations():
    weight = torch.nn.Parameter(torch.tensor(0.0))
    with midrun.microscope(show=False) as sight:
        state = torch.log(weight)
        for _ in range(3000):
            state = state * 1.0
        state.backward()
    assert sight.finding.cause == "log-domain"


def test_a_parameter_that_an_optimizer_spoils():
    net = model().half()
    optimizer = torch.optim.Adam(net.parameters(), eps=1e-12)
    with midrun.microscope(net, show=False) as sight:
        net.weight.grad = torch.zeros_like(net.weight)
        optimizer.step()
    assert sight.finding.cause == "optimizer-epsilon"
    assert sight.finding.phase == "optimizer"


def test_a_healthy_block_says_nothing(capsys):
    net = model()
    with midrun.microscope(net) as sight:
        scores = net(torch.ones(4, 3)).masked_fill(torch.eye(4, 2).bool(), float("-inf"))
        scores.softmax(1).sum().backward()
    assert sight.finding is None
    assert capsys.readouterr().err == ""


def test_an_error_in_the_block_is_raised_and_what_was_bad_is_told():
    with pytest.raises(ValueError, match="invalid values"), midrun.microscope(show=False) as sight:
        torch.distributions.Normal(torch.zeros(2) / torch.zeros(2), 1.0)
    assert sight.finding.cause == "division-by-zero"


def test_it_is_left_as_it_was_entered():
    from torch.nn.modules import module

    with midrun.microscope(show=False):
        pass
    assert not module._global_forward_hooks
    assert torch.utils._python_dispatch._get_current_dispatch_mode() is None
