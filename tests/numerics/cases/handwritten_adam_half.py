"""Adam written by hand as a torch optimizer for float16 parameters, with state in float16: where
the gradient is below 0.008 its square times (1 - beta2) is 0 and eps = 1e-8 rounds to 0 as well.
Once the loss is small the update divides by 0. Cure: state in float32, or eps = 1e-4. From
https://discuss.pytorch.org/t/adam-half-precision-nans/1765.
"""

import torch
from torch import nn


class TinyAdam(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-3, beta=0.9, beta2=0.99, eps=1e-8):
        super().__init__(params, {"lr": lr, "beta": beta, "beta2": beta2, "eps": eps})

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state[p]
                if not state:
                    state["m"], state["v"] = torch.zeros_like(p), torch.zeros_like(p)
                state["m"].lerp_(p.grad, 1 - group["beta"])
                state["v"].lerp_(p.grad.square(), 1 - group["beta2"])
                scale = state["v"].sqrt() + group["eps"]
                p -= group["lr"] * state["m"] / scale  # BLAME optimizer-epsilon optimizer


torch.set_num_threads(1)
torch.manual_seed(102)
net = nn.Linear(6, 1, bias=False).half()
optimizer = TinyAdam(net.parameters())
for step in range(60):
    x = torch.randn(16, 6)
    x[:, 4] *= 1.0 if step < 10 else 1e-3
    if step == 10:
        optimizer.state.clear()
    loss = (net(x.half()).float() - x.sum(1, keepdim=True)).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
