"""Hierarchy embedding in the Poincare ball with plain SGD and no projection: a point leaves the
unit ball, the argument of acosh falls under 1 and the distance is NaN. Known from home-made
hyperbolic embeddings; projecting the points back inside the ball after each step cures it."""

import torch
from torch import nn

torch.manual_seed(2)
torch.set_num_threads(1)


class PoincareEmbedding(nn.Module):
    def __init__(self, nodes, dim):
        super().__init__()
        self.table = nn.Embedding(nodes, dim)
        nn.init.uniform_(self.table.weight, -0.2, 0.2)

    def forward(self, parent, child):
        u, v = self.table(parent), self.table(child)
        gap = (u - v).square().sum(-1)
        room = (1 - u.square().sum(-1)) * (1 - v.square().sum(-1))
        return torch.acosh(1 + 2 * gap / room + 1e-6)  # BLAME domain forward


edges = torch.tensor([[i // 2, i] for i in range(2, 64)])
model = PoincareEmbedding(64, 3)
optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
for epoch in range(80):
    parent, child = edges.unbind(1)
    stranger = torch.randint(1, 64, (len(edges), 6))
    stranger[stranger == child[:, None]] = 0
    near = model(parent, child)
    far = model(stranger, child[:, None].expand_as(stranger))
    logits = torch.cat([-near[:, None], -far], dim=1)
    loss = -logits.log_softmax(1)[:, 0].sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if epoch % 10 == 0:
        print(epoch, loss.item())
