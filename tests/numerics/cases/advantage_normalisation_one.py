"""Policy gradient with normalised advantages: an episode that ends after one step has one
advantage, whose unbiased standard deviation is NaN. The epsilon does not help. Real bug:
https://github.com/jolibrain/wheatley/pull/93. Cure: skip the normalisation for one.
"""

import warnings

import torch
from torch import nn

warnings.filterwarnings("ignore", message=".*degrees of freedom.*")
torch.set_num_threads(1)
torch.manual_seed(88)


def normalise(advantage):
    centred = advantage - advantage.mean()
    return centred / (advantage.std() + 1e-8)  # BLAME one-sample forward


policy = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(policy.parameters(), lr=0.01)
for episode in range(60):
    length = 12 if episode < 5 else int(torch.randint(1, 12, ()))
    obs = torch.randn(length, 3)
    logp = torch.log_softmax(policy(obs), dim=1)
    action = torch.rand(length).lt(0.5).long()
    reward = (action == (obs[:, 0] > 0).long()).float()
    returns = reward.flip(0).cumsum(0).flip(0)
    chosen = logp[torch.arange(length), action]
    loss = -(normalise(returns) * chosen).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if episode % 20 == 0:
        print(episode, length, loss.item())
