"""Replay memory allocated with torch.empty (deterministic mode fills it with NaN): rows are
written before they are drawn, so nothing uninitialised reaches the network."""

import torch
from torch import nn

torch.manual_seed(8)
torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)


class Replay:
    def __init__(self, capacity, width):
        self.rows = torch.empty(capacity, width)
        self.reward = torch.empty(capacity)
        self.size = 0

    def push(self, row, reward):
        slot = self.size % len(self.rows)
        self.rows[slot], self.reward[slot] = row, reward
        self.size += 1

    def sample(self, n):
        pick = torch.randint(0, min(self.size, len(self.rows)), (n,))
        return self.rows[pick], self.reward[pick]


memory = Replay(500, 4)
critic = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(critic.parameters(), lr=3e-3)
for _ in range(90):
    for _ in range(4):
        state = torch.randn(4)
        memory.push(state, state[0] * state[1])
    rows, reward = memory.sample(32)
    loss = nn.functional.huber_loss(critic(rows)[:, 0], reward)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
