"""Physics-informed network for a Poisson problem on the unit disk.

Defect: the distance to the centre is not differentiable at the centre, which
is one of the collocation points.
"""

import torch
import torch.nn as nn
from torch.func import functional_call, hessian, vmap

torch.manual_seed(2)


class RadialFeatures(nn.Module):
    def forward(self, p):
        radius = torch.sqrt(p.square().sum(-1, keepdim=True))  # BLAME infinite-derivative forward
        return torch.cat([p, radius, torch.cos(2.0 * radius)], dim=-1)


class Solution(nn.Module):
    """u(p) = (1 - |p|^2) * N(p), which satisfies the boundary condition."""

    def __init__(self, width=32):
        super().__init__()
        self.features = RadialFeatures()
        self.net = nn.Sequential(
            nn.Linear(4, width),
            nn.Tanh(),
            nn.Linear(width, width),
            nn.Tanh(),
            nn.Linear(width, 1),
        )

    def forward(self, p):
        inside = 1.0 - p.square().sum(-1)
        return inside * self.net(self.features(p)).squeeze(-1)


def source(p):
    """Right-hand side for which u = (1 - r^2) * (1 + x) is exact."""
    x = p[..., 0]
    return -(4.0 + 8.0 * x)


def collocation_grid(n=20):
    axis = torch.arange(-n, n + 1) / n
    xx, yy = torch.meshgrid(axis, axis, indexing="ij")
    pts = torch.stack([xx.flatten(), yy.flatten()], dim=-1)
    return pts[pts.square().sum(-1) < 1.0]


def residual_loss(model, params, pts):
    def u(p):
        return functional_call(model, params, (p,))

    def laplacian(p):
        return torch.trace(hessian(u)(p))

    res = vmap(laplacian)(pts) - source(pts)
    return res.square().mean()


def main():
    model = Solution()
    pts = collocation_grid()
    opt = torch.optim.Adam(model.parameters(), lr=2e-3)
    sched = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=200)
    step = 0
    for epoch in range(4):
        order = torch.randperm(len(pts))
        for idx in order.split(24):
            params = dict(model.named_parameters())
            loss = residual_loss(model, params, pts[idx])
            opt.zero_grad()
            loss.backward()
            opt.step()
            sched.step()
            step += 1
            if step % 10 == 0:
                print(f"epoch {epoch} step {step} residual {loss.item():.5f}")


if __name__ == "__main__":
    main()
