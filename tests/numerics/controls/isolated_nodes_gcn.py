"""GCN with learned edge gates on a graph with isolated nodes: degree ** -0.5 is inf there and is
set to zero before it scales any message; the gather in the backward pass never reads these rows."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class GatedGCNLayer(nn.Module):
    def __init__(self, dim_in, dim_out):
        super().__init__()
        self.lin = nn.Linear(dim_in, dim_out)
        self.gate = nn.Linear(2 * dim_in, 1)

    def forward(self, x, edges):
        row, col = edges
        n = x.size(0)
        w = torch.sigmoid(self.gate(torch.cat([x[row], x[col]], 1))).squeeze(1)
        deg = torch.zeros(n).index_add(0, row, w)
        inv_sqrt = deg.pow(-0.5)
        inv_sqrt = inv_sqrt.masked_fill(inv_sqrt == float("inf"), 0.0)
        coef = inv_sqrt[row] * w * inv_sqrt[col]
        h = self.lin(x)
        return torch.zeros_like(h).index_add(0, row, coef[:, None] * h[col]) + 0.3 * h


class GCN(nn.Module):
    def __init__(self, dim, hidden, classes):
        super().__init__()
        self.l1, self.l2 = GatedGCNLayer(dim, hidden), GatedGCNLayer(hidden, classes)

    def forward(self, x, edges):
        h = F.dropout(F.relu(self.l1(x, edges)), 0.3, self.training)
        return self.l2(h, edges)


def planted_graph(n=150, isolated=12, gen=None):
    y = torch.randint(0, 3, (n,), generator=gen)
    prob = torch.where(y[:, None] == y[None], 0.12, 0.01)
    upper = (torch.rand(n, n, generator=gen) < prob).triu(1)
    upper[:isolated] = False
    upper[:, :isolated] = False
    sym = upper | upper.t()
    x = F.one_hot(y, 3).float() @ torch.randn(3, 10, generator=gen) + 1.5 * torch.randn(
        n, 10, generator=gen
    )
    return x, y, sym.nonzero().t()


def main():
    torch.manual_seed(0)
    gen = torch.Generator().manual_seed(0)
    x, y, edges = planted_graph(gen=gen)
    train = torch.rand(len(y), generator=gen) < 0.4
    model = GCN(10, 32, 3)
    opt = torch.optim.Adam(model.parameters(), lr=1e-2, weight_decay=5e-4)
    for epoch in range(120):
        out = model(x, edges)
        loss = F.cross_entropy(out[train], y[train])
        opt.zero_grad()
        loss.backward()
        opt.step()
        if epoch % 20 == 0:
            acc = (out[~train].argmax(1) == y[~train]).float().mean()
            print(f"epoch {epoch} loss {loss.item():.4f} acc {acc.item():.3f}")


if __name__ == "__main__":
    main()
