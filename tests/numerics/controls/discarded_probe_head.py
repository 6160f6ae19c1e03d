"""Multi-view classifier with a detached probe that reports a per-view correlation; views that are
switched off give 0/0 there and the probe's output is passed through nan_to_num for the log only."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class CorrelationProbe(nn.Module):
    """Pearson correlation between the mean of a view and the label, for monitoring."""

    @torch.no_grad()
    def forward(self, views, y):
        s = views.mean(-1)
        s = s - s.mean(0)
        t = (y.float() - y.float().mean())[:, None]
        r = (s * t).sum(0) / (s.pow(2).sum(0).sqrt() * t.pow(2).sum(0).sqrt())
        return torch.nan_to_num(r, nan=0.0)


class MultiView(nn.Module):
    def __init__(self, n_views=4, dim=8):
        super().__init__()
        self.enc = nn.ModuleList(nn.Linear(dim, 16) for _ in range(n_views))
        self.head = nn.Linear(16 * n_views, 2)
        self.probe = CorrelationProbe()

    def forward(self, views, y):
        h = [torch.relu(e(views[:, i])) for i, e in enumerate(self.enc)]
        return self.head(torch.cat(h, 1)), self.probe(views.detach(), y)


def make_batch(n, gen, w, drop):
    views = torch.randn(n, 4, 8, generator=gen)
    y = ((views.flatten(1) @ w) > 0).long()
    views[:, drop] = 0.0
    return views, y


def main():
    torch.manual_seed(0)
    gen = torch.Generator().manual_seed(0)
    w = torch.randn(32, generator=gen)
    model = MultiView()
    opt = torch.optim.AdamW(model.parameters(), lr=3e-3)
    history = []
    for step in range(150):
        views, y = make_batch(64, gen, w, drop=step % 4)
        logits, corr = model(views, y)
        loss = F.cross_entropy(logits, y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        history.append(corr)
        if step % 25 == 0:
            print(f"step {step} loss {loss.item():.4f} corr {[round(c, 2) for c in corr.tolist()]}")
    print("mean corr", torch.stack(history).mean(0).tolist())


if __name__ == "__main__":
    main()
