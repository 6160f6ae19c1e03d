"""Gradient penalties: grad with create_graph, functions of one's own with saved tensors, gradcheck, hessians."""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)


class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        ctx.power = 3
        return x**3

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return ctx.power * x**2 * gradient


critic = nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 1))
optimizer = torch.optim.Adam(critic.parameters(), lr=0.01, betas=(0.5, 0.9))
for step in range(6):
    x = torch.randn(5, 2, requires_grad=True)
    score = critic(Cube.apply(x))
    (slope,) = torch.autograd.grad(score.sum(), x, create_graph=True)
    penalty = (slope.norm(dim=1) - 1).square().mean()
    print(step, penalty.item(), score.mean().item())
    (score.mean() + 10 * penalty).backward()
    optimizer.step()
    optimizer.zero_grad()
    print(x.grad.sum().item(), critic[0].weight.sum().item())
    curvature = torch.autograd.functional.hessian(lambda v: Cube.apply(v).sum(), torch.ones(2))
    print(curvature.tolist(), torch.autograd.gradcheck(Cube.apply, torch.rand(2, dtype=torch.double, requires_grad=True)))
