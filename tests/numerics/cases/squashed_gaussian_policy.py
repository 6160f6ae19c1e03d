"""Soft actor-critic with a tanh-squashed action: the correction log(1 - action ** 2) without an
epsilon. For a pre-activation above 9 tanh is exactly 1 in float32 and the log is -inf. Real bug:
https://github.com/philtabor/Actor-Critic-Methods-Paper-To-Code/issues/7. Normal raises at the NaN
one step later. Cure: 2 * (log 2 - u - softplus(-2 u)).
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(45)


class Actor(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(3, 32), nn.ReLU())
        self.mean = nn.Linear(32, 1)
        self.log_std = nn.Linear(32, 1)

    def sample(self, obs):
        h = self.net(obs)
        dist = torch.distributions.Normal(self.mean(h), self.log_std(h).clamp(-5, 2).exp())
        u = dist.rsample()
        action = torch.tanh(u)
        correction = torch.log(1 - action.pow(2))  # BLAME log-domain forward
        return action, (dist.log_prob(u) - correction).sum(-1)


class Critic(nn.Module):
    def forward(self, obs, action):
        return 3 * action.squeeze(-1) - 0.1 * obs.sum(-1)


actor, critic = Actor(), Critic()
opt = torch.optim.Adam(actor.parameters(), lr=0.02)
for _ in range(60):
    obs = torch.randn(64, 3) * 2
    action, logp = actor.sample(obs)
    loss = (0.01 * logp - critic(obs, action)).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
