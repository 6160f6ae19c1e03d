"""Control: a badly scaled but finite problem: parameters and gradients near 1e25, whose L2 norm
overflows float32 although every entry is finite. Sign descent does not care.
"""

import torch

torch.set_num_threads(1)
torch.manual_seed(211)


class SignSGD(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-3):
        super().__init__(params, {"lr": lr})

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                p -= group["lr"] * p.grad.sign()


charge = torch.nn.Parameter(1e25 * torch.rand(200))
gain = torch.nn.Parameter(torch.ones(200))
target = 1e25 * torch.rand(200)
optimizer = SignSGD([{"params": [charge], "lr": 2e23}, {"params": [gain], "lr": 1e-2}])
for step in range(60):
    loss = (charge * gain - target).abs().sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 0:
        print(step, loss.item())
