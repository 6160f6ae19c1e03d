"""Activation regularisation (as in AWD-LSTM) on hidden states in float16: the square of an
activation above 255 exceeds 65504, and the penalty is inf. In float32 it is fine. Of the kind of
https://github.com/pytorch/pytorch/issues/66707. Cure: take the square and the mean in float32.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(68)


class Tagger(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.up = nn.Linear(dim, dim)
        self.head = nn.Linear(dim, 1)

    def forward(self, x):
        h = self.up(x).half()
        penalty = h.pow(2).mean()  # BLAME half-overflow forward
        return self.head(torch.tanh(h).float()).squeeze(-1), penalty.float()


tagger = Tagger(24)
opt = torch.optim.SGD(tagger.parameters(), lr=1e-3)
data = torch.randn(600, 24)
data[171] *= 900
for step in range(60):
    x = data[step * 10 : step * 10 + 10]
    out, penalty = tagger(x)
    loss = (out - x[:, 0].sign()).pow(2).mean() + 1e-4 * penalty
    opt.zero_grad()
    loss.backward()
    opt.step()
