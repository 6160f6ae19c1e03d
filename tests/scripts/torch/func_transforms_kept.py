"""Functions that torch.func made, kept in globals, lists and attributes over many steps."""

from functools import partial

import torch
from torch import func, nn

torch.set_num_threads(1)
torch.manual_seed(0)


def loss(w, x, y):
    return (torch.tanh(x @ w) - y).square().mean()


class Fitter:
    def __init__(self):
        self.step = func.grad_and_value(loss)
        self.each = func.vmap(func.grad(loss), in_dims=(None, 0, 0))
        self.curvature = func.hessian(loss)


fitter = Fitter()
randomised = func.vmap(lambda x: x + torch.rand(2), randomness="different")
frozen = partial(func.jacfwd(loss, argnums=2), torch.zeros(3))
w = torch.randn(3)
ensemble = [nn.Linear(3, 2) for _ in range(3)]
params, buffers = func.stack_module_state(ensemble)
for turn in range(6):
    x, y = torch.randn(4, 3), torch.randn(4)
    gradient, value = fitter.step(w, x, y)
    w = w - 0.1 * gradient
    print(turn, value.item(), w.tolist())
    print(fitter.each(w, x, y).shape, fitter.curvature(w, x, y).trace().item())
    print(randomised(torch.zeros(2, 2)).tolist(), frozen(x, y).sum().item())
    values, moved = func.jvp(lambda w: loss(w, x, y), (w,), (torch.ones(3),))
    print(moved.item(), type(params["weight"]).__name__, params["weight"].requires_grad)
    out = func.vmap(lambda p, b: func.functional_call(ensemble[0], (p, b), (x,)))(params, buffers)
    print(out.sum().item())
