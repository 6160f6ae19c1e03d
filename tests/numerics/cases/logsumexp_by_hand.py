"""The partition function of a model of scores as log(sum(exp(score))): a proposal far out has a
score of thousands, and exp overflows. Cure: torch.logsumexp."""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(213)

score = nn.Sequential(nn.Linear(3, 32), nn.Softplus(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(score.parameters(), lr=2e-3)


def log_partition(samples):
    return torch.log(torch.exp(score(samples)).sum())  # BLAME overflow forward


for step in range(90):
    data = torch.randn(16, 3)
    proposals = 2 * torch.randn(64, 3)
    if step == 33:
        proposals[:3] = 9000 * torch.eye(3)
        proposals[3:6] = -9000 * torch.eye(3)
    loss = -score(data).mean() + log_partition(proposals)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 30 == 0:
        print(step, loss.item())
