"""Control: a replay buffer allocated with torch.empty (garbage, NaN in deterministic mode), of
which only the part that has been written is ever sampled.
"""

import torch
from torch import nn

torch.use_deterministic_algorithms(True)
torch.set_num_threads(1)
torch.manual_seed(212)


class Replay:
    def __init__(self, capacity, width):
        self.obs = torch.empty(capacity, width)
        self.ret = torch.empty(capacity)
        self.size = 0

    def add(self, obs, ret):
        n = len(obs)
        self.obs[self.size : self.size + n] = obs
        self.ret[self.size : self.size + n] = ret
        self.size += n

    def sample(self, n):
        i = torch.randint(0, self.size, (n,))
        return self.obs[i], self.ret[i]


buffer = Replay(2000, 4)
value = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.Adam(value.parameters(), lr=1e-3)
for step in range(80):
    obs = torch.randn(10, 4)
    buffer.add(obs, obs.abs().sum(1))
    x, y = buffer.sample(32)
    loss = (value(x).squeeze(1) - y).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 20 == 0:
        print(step, loss.item())
