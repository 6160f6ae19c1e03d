"""Neighbour averaging with a sparse adjacency matrix: messages are summed by torch.sparse.mm and
divided by the degree. A sampled subgraph contains a node without neighbours: 0 / 0. Cure:
degree.clamp(min=1).
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(114)


class SageLayer(nn.Module):
    def __init__(self, d_in, d_out):
        super().__init__()
        self.own = nn.Linear(d_in, d_out)
        self.other = nn.Linear(d_in, d_out, bias=False)

    def forward(self, x, adj, degree):
        mean = torch.sparse.mm(adj, x) / degree[:, None]  # BLAME division-by-zero forward
        return self.own(x) + self.other(mean)


def sample_graph(nodes=24, edges=110):
    index = torch.randint(0, nodes, (2, edges)).unique(dim=1)
    ones = torch.ones(index.size(1))
    adj = torch.sparse_coo_tensor(index, ones, (nodes, nodes), check_invariants=True)
    return adj, torch.bincount(index[0], minlength=nodes)


layer, head = SageLayer(5, 12), nn.Linear(12, 1)
opt = torch.optim.Adam([*layer.parameters(), *head.parameters()], lr=3e-3)
for step in range(60):
    adj, degree = sample_graph()
    x = torch.randn(24, 5)
    y = x.sum(1, keepdim=True)
    loss = (head(torch.relu(layer(x, adj, degree))) - y).abs().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 15 == 0:
        print(step, loss.item())
