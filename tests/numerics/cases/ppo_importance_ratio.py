"""PPO with the ratio exp(new - old). From some update on the rollout's old log probabilities are
taken with observations that were not normalised (the normaliser changed in between): they are
very low, and the ratio overflows. The next step raises, since Normal rejects NaN. From threads on
PPO giving NaN. Cure: clamp the difference of the logs.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(64)

actor = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(actor.parameters(), lr=3e-3)


def log_prob(obs, action):
    return torch.distributions.Normal(actor(obs), 0.05).log_prob(action).sum(-1)


def surrogate(obs, action, old, advantage):
    ratio = torch.exp(log_prob(obs, action) - old)  # BLAME overflow forward
    clipped = ratio.clamp(0.8, 1.2)
    return -torch.minimum(ratio * advantage, clipped * advantage).mean()


@torch.no_grad()
def rollout(shift):
    raw = torch.randn(64, 4) + shift
    obs = raw - shift
    action = actor(obs) + 0.05 * torch.randn(64, 2)
    return obs, action, log_prob(raw, action), torch.randn(64)


for update in range(64):
    if update % 4 == 0:
        obs, action, old, advantage = rollout(0.0 if update < 16 else 3.0)
    loss = surrogate(obs, action, old, advantage)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
