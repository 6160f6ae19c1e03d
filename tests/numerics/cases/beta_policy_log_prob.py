"""Policy with a Beta distribution over a bounded action: recorded actions at the border (exactly
0) have log probability -inf or inf, log(0) inside log_prob. From threads on Beta policies in PPO.
Cure: clamp the actions to [eps, 1 - eps].
"""

import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Beta

torch.set_num_threads(1)
torch.manual_seed(121)


class BetaPolicy(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 2))

    def forward(self, obs):
        a, b = (1 + F.softplus(self.net(obs))).unbind(-1)
        return Beta(a, b, validate_args=False)


policy = BetaPolicy()
opt = torch.optim.Adam(policy.parameters(), lr=5e-3)
obs = torch.randn(300, 3)
throttle = (torch.sigmoid(obs[:, 0]) + 0.2 * torch.randn(300)).clamp(0.01, 0.99)
throttle[140] = 0.0
for epoch in range(5):
    for i in range(0, 300, 15):
        dist = policy(obs[i : i + 15])
        loss = -dist.log_prob(throttle[i : i + 15]).mean()  # BLAME log-domain forward
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
