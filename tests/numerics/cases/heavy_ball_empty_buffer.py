"""Optimizer by hand whose later momentum buffers are made by torch.empty_like and never zeroed
(the deterministic mode fills such memory with NaN): the first update after a layer is unfrozen
writes it into the parameters. torch.zeros_like cures it."""

import torch
from torch import nn

torch.manual_seed(13)
torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)


class HeavyBall(torch.optim.Optimizer):
    def __init__(self, params, lr=0.01, beta=0.9):
        super().__init__(params, {"lr": lr, "beta": beta})
        for group in self.param_groups:
            for p in filter(lambda p: p.requires_grad, group["params"]):
                self.state[p]["velocity"] = torch.zeros_like(p)

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if "velocity" not in state:
                    state["velocity"] = torch.empty_like(p)  # BLAME uninitialised optimizer
                state["velocity"].mul_(group["beta"]).add_(p.grad)
                p.add_(state["velocity"], alpha=-group["lr"])


body = nn.Sequential(nn.Linear(6, 16), nn.Tanh()).requires_grad_(False)
head = nn.Linear(16, 1)
optimizer = HeavyBall([*head.parameters(), *body.parameters()])
for step in range(60):
    if step == 14:
        body.requires_grad_(True)
    x = torch.randn(32, 6)
    loss = (head(body(x)) - x[:, :1]).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
