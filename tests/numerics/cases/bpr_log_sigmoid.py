"""Recommender with a Bayesian personalised ranking loss written as log(sigmoid(difference)): for
a pair that is ranked wrongly by a wide margin the sigmoid underflows to 0 and its logarithm is
-inf. From many home-made BPR losses; F.logsigmoid cures it."""

import torch
from torch import nn

torch.manual_seed(3)
torch.set_num_threads(1)


class Ranker(nn.Module):
    def __init__(self, users, items, popularity):
        super().__init__()
        self.user = nn.Embedding(users, 8)
        self.item = nn.Embedding(items, 8)
        self.trend = nn.Parameter(torch.zeros(()))
        self.register_buffer("popularity", popularity)

    def forward(self, u, i):
        return (self.user(u) * self.item(i)).sum(-1) + self.trend * self.popularity[i]


def bpr(model, u, liked, other):
    margin = model(u, liked) - model(u, other)
    return -torch.log(torch.sigmoid(margin)).mean()  # BLAME log-domain forward


popularity = torch.cat([torch.rand(199) * 20, torch.tensor([900.0])])
model = Ranker(50, 200, popularity)
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for step in range(80):
    u = torch.randint(0, 50, (32,))
    pair = torch.randint(0, 199, (32, 2))
    order = popularity[pair].argsort(dim=1, descending=True)
    pair = pair.gather(1, order)
    if step % 12 == 11:
        pair[0, 1] = 199
    loss = bpr(model, u, pair[:, 0], pair[:, 1])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 0:
        print(step, loss.item())
