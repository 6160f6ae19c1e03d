"""The log-probabilities of an episode are learned from when it is over."""

import torch
from torch import nn

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 16), nn.Dropout(0.1), nn.Linear(16, 2))
optimizer = torch.optim.Adam(policy.parameters(), lr=0.01)
for _episode in range(12):
    log_probs, rewards, entropies = [], [], []
    state = torch.randn(4)
    for _ in range(20):
        chances = torch.distributions.Categorical(logits=policy(state))
        action = chances.sample()
        log_probs.append(chances.log_prob(action))
        entropies.append(chances.entropy())
        rewards.append(float(state[0] * (action - 0.5)))
        state = torch.randn(4)
    loss = -sum(p * r for p, r in zip(log_probs, rewards, strict=True))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
