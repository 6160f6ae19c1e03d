"""Attention with a causal mask of -inf works as it should. The defect is the log of an output
probability that has underflowed to 0. Cure: log_softmax.
"""

import math

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(301)


class Decoder(nn.Module):
    def __init__(self, words=10, dim=16, length=8):
        super().__init__()
        self.embed = nn.Embedding(words, dim)
        self.qkv = nn.Linear(dim, 3 * dim)
        self.out = nn.Linear(dim, words)
        self.register_buffer("future", torch.ones(length, length).triu(1).bool())

    def forward(self, tokens, sharpness):
        q, k, v = self.qkv(self.embed(tokens)).chunk(3, dim=-1)
        scores = q @ k.transpose(1, 2) / math.sqrt(q.size(-1))
        weights = torch.softmax(scores.masked_fill(self.future, float("-inf")), dim=-1)
        return torch.softmax(sharpness * self.out(weights @ v), dim=-1)


model = Decoder()
opt = torch.optim.Adam(model.parameters(), lr=0.03)
for step in range(70):
    tokens = (torch.arange(9) + torch.randint(0, 10, (16, 1))) % 10
    if step > 12:
        tokens[:, 5:] = torch.randint(0, 10, (16, 4))
    probs = model(tokens[:, :-1], 1 + step)
    picked = probs.gather(2, tokens[:, 1:, None]).squeeze(-1)
    loss = -torch.log(picked).mean()  # BLAME log-domain forward
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 20 == 0:
        print(step, loss.item())
