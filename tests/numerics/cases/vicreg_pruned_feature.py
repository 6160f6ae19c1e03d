"""Self-supervised training with VICReg's variance term, var.sqrt() without its eps: a feature
that pruning has set to 0 for the whole batch has variance 0, where the root's derivative is
infinite. VICReg's code adds 1e-4 under the root, which cures it."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(1)
torch.set_num_threads(1)


def variance_term(z):
    std = z.var(dim=0).sqrt()  # BLAME infinite-derivative backward
    return F.relu(1 - std).mean()


def covariance_term(z):
    z = z - z.mean(dim=0)
    cov = z.T @ z / (len(z) - 1)
    return (cov.square().sum() - cov.diagonal().square().sum()) / z.shape[1]


class Encoder(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 16))
        self.register_buffer("keep", torch.ones(16))

    def forward(self, x):
        return super().forward(x) * self.keep


encoder = Encoder()
optimizer = torch.optim.SGD(encoder.parameters(), lr=0.02, momentum=0.9)
for step in range(80):
    if step == 16:
        weakest = encoder[2].weight.norm(dim=1).argsort()[:2]
        encoder.keep[weakest] = 0
    x = torch.randn(48, 20)
    a = encoder(x + 0.1 * torch.randn_like(x))
    b = encoder(x + 0.1 * torch.randn_like(x))
    loss = 25 * F.mse_loss(a, b) + variance_term(a) + variance_term(b)
    loss = loss + covariance_term(a) + covariance_term(b)
    optimizer.zero_grad()
    (loss / 10).backward()
    optimizer.step()
    if step % 20 == 0:
        print(step, loss.item())
