"""Graph convolution with the symmetric normalisation D^-1/2 A D^-1/2: edge dropout leaves a node
without edges, its degree is 0 and 0 ** -0.5 is infinite; inf * 0 in the product is NaN. Real bug:
PyTorch Geometric's gcn_norm masks these infinities for this reason. Cure: self-loops, or set the
infinite entries to 0.
"""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(51)


class GCNLayer(nn.Module):
    def __init__(self, c_in, c_out):
        super().__init__()
        self.lin = nn.Linear(c_in, c_out)

    def forward(self, x, adj):
        inv = adj.sum(1).pow(-0.5)  # BLAME division-by-zero forward
        norm = inv[:, None] * adj * inv[None]
        return norm @ self.lin(x)


n = 30
upper = torch.triu((torch.rand(n, n) < 0.3).float(), 1)
x, y = torch.randn(n, 6), torch.randint(0, 3, (n,))
layers = nn.ModuleList([GCNLayer(6, 16), GCNLayer(16, 3)])
opt = torch.optim.Adam(layers.parameters(), lr=0.01)
for epoch in range(60):
    kept = upper * (torch.rand(n, n) > 0.3 + 0.01 * epoch)
    adj = kept + kept.T
    h = F.relu(layers[0](x, adj))
    loss = F.cross_entropy(layers[1](h, adj), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if epoch % 15 == 0:
        print(epoch, loss.item())
