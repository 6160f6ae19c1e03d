"""Graph attention by hand with a constant for "no edge": a node that lost its last edge to sampling
has a row of nothing but -inf, and subtracting its maximum is -inf - (-inf). From graph attention
written without scatter. Cure: a large finite number as the constant, or self-loops."""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(204)

NO_EDGE = -float("inf")


class Attention(nn.Module):
    def __init__(self, dim=8):
        super().__init__()
        self.q, self.k, self.v = (nn.Linear(dim, dim) for _ in range(3))

    def forward(self, nodes, edges):
        scores = self.q(nodes) @ self.k(nodes).T
        scores = torch.where(edges, scores, torch.tensor(NO_EDGE))
        shifted = scores - scores.max(1, keepdim=True).values  # BLAME inf-minus-inf forward
        weights = shifted.exp()
        return weights / weights.sum(1, keepdim=True) @ self.v(nodes)


net = Attention()
optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
for step in range(80):
    nodes = torch.randn(12, 8)
    edges = torch.rand(12, 12) < 0.6
    if step % 13 == 12:
        edges[step % 12] = False
    loss = (net(nodes, edges) - nodes).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 0:
        print(step, loss.item())
