"""Span scorer that takes log-probabilities of spans as differences of prefix sums: a token that
is masked with -inf makes all later prefix sums -inf, and their difference -inf - (-inf) is NaN.
From fast span models; a large finite mask value cures it."""

import torch
from torch import nn

torch.manual_seed(2)
torch.set_num_threads(1)


class SpanModel(nn.Module):
    def __init__(self, width=12):
        super().__init__()
        self.score = nn.Sequential(nn.Linear(width, 16), nn.Tanh(), nn.Linear(16, 1))

    def forward(self, tokens, banned):
        inside = nn.functional.logsigmoid(self.score(tokens)[..., 0])
        return inside.masked_fill(banned, -torch.inf)


def span_scores(log_inside, starts, ends):
    prefix = nn.functional.pad(log_inside.cumsum(dim=1), (1, 0))
    return prefix.gather(1, ends) - prefix.gather(1, starts)  # BLAME inf-minus-inf forward


model = SpanModel()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for step in range(70):
    tokens = torch.randn(8, 20, 12)
    starts = torch.randint(0, 12, (8, 5))
    ends = starts + torch.randint(1, 6, (8, 5))
    banned = torch.zeros(8, 20, dtype=torch.bool)
    if step % 12 == 10:
        banned[step % 8, 2] = True
        starts[step % 8] += 3
        ends[step % 8] += 3
    gold = tokens[:, :5, 0] > 0
    scores = span_scores(model(tokens, banned), starts, ends)
    loss = -torch.where(gold, scores, torch.log1p(-scores.exp() * 0.999)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        print(step, loss.item())
