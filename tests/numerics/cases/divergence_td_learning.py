"""Temporal-difference learning, semi-gradient with linear features and a far too large step size:
the values grow by a factor each step until they overflow. No operation is to blame; a lower
learning rate (or normalised features) cures it."""

import torch
from torch import nn

torch.manual_seed(6)
torch.set_num_threads(1)


class RandomWalk:
    def __init__(self, states=12, width=6):
        self.features = 3 * torch.randn(states, width)
        self.states = states

    def transitions(self, n):
        s = torch.randint(0, self.states, (n,))
        s_next = (s + torch.randint(0, 2, (n,)) * 2 - 1).clamp(0, self.states - 1)
        reward = (s_next == self.states - 1).float()
        return self.features[s], reward, self.features[s_next]


env = RandomWalk()
value = nn.Linear(6, 1)
optimizer = torch.optim.SGD(value.parameters(), lr=0.1)
gamma = 0.95
for step in range(80):
    s, reward, s_next = env.transitions(32)
    with torch.no_grad():
        target = reward + gamma * value(s_next).squeeze(1)
    loss = (value(s).squeeze(1) - target).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()  # BLAME divergence optimizer
    if step % 10 == 0:
        print(step, loss.item())
