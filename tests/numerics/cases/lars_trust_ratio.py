"""Layer-wise trust ratio ||w|| / ||g|| by hand, as in LARS but without its guard: a branch that
gets no signal in some step has a gradient of exactly 0, the ratio is inf and inf * 0 is NaN.
Taking 1 where a norm is 0 cures it."""

import torch
from torch import nn

torch.manual_seed(1)
torch.set_num_threads(1)


class LARS(torch.optim.Optimizer):
    def __init__(self, params, lr, trust=0.02):
        super().__init__(params, {"lr": lr, "trust": trust})

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                local = group["trust"] * p.norm() / p.grad.norm()  # BLAME clip-by-norm optimizer
                p -= group["lr"] * local * p.grad


class TwoModal(nn.Module):
    def __init__(self):
        super().__init__()
        self.image = nn.Linear(12, 8, bias=False)
        self.sound = nn.Linear(6, 8, bias=False)
        self.head = nn.Linear(8, 3)

    def forward(self, image, sound):
        return self.head(torch.tanh(self.image(image)) + torch.tanh(self.sound(sound)))


model = TwoModal()
optimizer = LARS(model.parameters(), lr=0.5)
for step in range(70):
    label = torch.randint(0, 3, (16,))
    image = torch.randn(16, 12) + label[:, None]
    sound = torch.randn(16, 6) if step % 11 != 10 else torch.zeros(16, 6)
    loss = nn.functional.cross_entropy(model(image, sound), label)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        print(step, loss.item())
