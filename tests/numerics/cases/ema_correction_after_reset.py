"""Loss terms divided by a bias-corrected moving average of their size: at the start of the second
phase the average and its counter are reset to 0, and the correction 1 - beta ** 0 is 0: 0 / 0. An
off-by-one as in many moving averages; updating before dividing cures it."""

import torch
from torch import nn

torch.manual_seed(23)
torch.set_num_threads(1)


class LossScale:
    def __init__(self, terms, beta=0.95):
        self.average, self.beta = torch.zeros(terms), beta
        self.count = torch.tensor(0.0)

    def update(self, losses):
        self.average = self.average * self.beta + losses.detach() * (1 - self.beta)
        self.count = self.count + 1

    def value(self):
        return self.average / (1 - self.beta**self.count)  # BLAME division-by-zero forward


net = nn.Sequential(nn.Linear(6, 32), nn.GELU(), nn.Linear(32, 2))
optimizer = torch.optim.AdamW(net.parameters(), lr=2e-3)
scale = LossScale(2)
scale.update(torch.ones(2))
for step in range(80):
    if step == 25:
        scale = LossScale(2)
    x = torch.randn(32, 6)
    wanted = torch.stack([x.sum(1), 50 * x.prod(1)], dim=1)
    losses = (net(x) - wanted).abs().mean(0)
    loss = (losses / scale.value()).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    scale.update(losses)
    if step % 20 == 0:
        print(step, loss.item())
