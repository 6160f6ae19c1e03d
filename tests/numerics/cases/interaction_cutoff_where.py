"""Molecular potential with a cutoff: torch.where selects zero for masked pairs, but the branch
not taken is the square root of a distance that is zero for an atom and itself. Forward is fine;
in backward the gradient 0 of that branch meets an infinite derivative. Real bug:
https://github.com/pytorch/pytorch/issues/68425. Cure: the double where (replace the argument of
the sqrt too).
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(20)


class PairPotential(nn.Module):
    def __init__(self):
        super().__init__()
        self.coords_scale = nn.Parameter(torch.ones(3))
        self.depth = nn.Parameter(torch.tensor(0.5))

    def forward(self, pos, pair_mask):
        pos = pos * self.coords_scale
        sq = (pos[:, :, None] - pos[:, None]).pow(2).sum(-1)
        r = torch.where(pair_mask, sq.sqrt(), 0.0)  # BLAME zero-times-inf backward
        return (self.depth * torch.exp(-r) * pair_mask).sum((1, 2))


def batch(size, atoms=5):
    pos = torch.randn(size, atoms, 3)
    present = torch.rand(size, atoms) < 0.9
    pairs = present[:, :, None] & present[:, None]
    return pos, pairs & ~torch.eye(atoms, dtype=torch.bool)


potential = PairPotential()
opt = torch.optim.Adam(potential.parameters(), lr=1e-3)
for _ in range(60):
    pos, mask = batch(8)
    loss = (potential(pos, mask) - 2.0).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
