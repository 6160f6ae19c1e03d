"""REINFORCE with invalid actions masked by -inf and an entropy bonus -(p * log p): for a masked
action p is 0 and log p is -inf, and the product is NaN. Early levels allow every action. Real
bug: stable-baselines3-contrib's and RLlib's masked distributions treat this case. Cure: a large
finite negative number as the mask, or log p filled with 0 there before the product.
"""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(26)

policy = nn.Sequential(nn.Linear(6, 32), nn.Tanh(), nn.Linear(32, 4))
optimizer = torch.optim.Adam(policy.parameters(), lr=3e-3)


def policy_loss(obs, legal, level):
    logits = policy(obs).masked_fill(~legal, float("-inf"))
    logp = F.log_softmax(logits, dim=-1)
    p = logp.exp()
    action = (p.detach() + 1e-9).nan_to_num(0.25).multinomial(1)
    reward = (action.squeeze(1) == obs[:, :4].argmax(1)).float() - 0.25
    chosen = logp.gather(1, action).squeeze(1).clamp(min=-20)
    entropy = -(p * logp).sum(-1)  # BLAME zero-times-inf forward
    return -(reward * chosen).mean() - 0.01 * entropy.mean()


for step in range(80):
    level = step // 15
    obs = torch.randn(32, 6)
    legal = torch.ones(32, 4, dtype=torch.bool)
    if level > 0:
        legal[:, 3] = torch.rand(32) > 0.3
    loss = policy_loss(obs, legal, level)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
