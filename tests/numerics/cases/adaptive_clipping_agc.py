"""Adaptive gradient clipping (NFNets): a gradient is clipped to a share of its weight's norm by
the factor max_norm / grad_norm, without the eps of the paper. A layer behind a residual gate of
zero has no gradient in the first steps after it is added. Cure: grad_norm.clamp(min=1e-6).
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(105)


def clip_adaptive(module, share=0.1):
    for p in module.parameters():
        grad_norm = p.grad.norm()
        limit = share * p.detach().norm().clamp(min=1e-3)
        p.grad *= limit / grad_norm  # BLAME clip-by-norm optimizer


class Residual(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.body = nn.Linear(dim, dim)
        self.gate = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return x + self.gate * torch.tanh(self.body(x))


net = nn.Sequential(nn.Linear(5, 10), nn.ReLU(), Residual(10), nn.Linear(10, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
for _ in range(60):
    x = torch.randn(32, 5)
    loss = (net(x) - x.prod(1, keepdim=True)).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    clip_adaptive(net)
    optimizer.step()
