"""Supervised contrastive loss as logsumexp over all minus logsumexp over the positives: an anchor
whose class occurs once in the batch has no positive, its logsumexp is over a row of -inf. From
issues of contrastive-loss repositories. Cure: leave such anchors out.
"""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(82)


def supcon(z, labels, tau=0.5):
    sim = z @ z.T / tau
    itself = torch.eye(len(z), dtype=torch.bool)
    positive = (labels[:, None] == labels) & ~itself
    denom = torch.logsumexp(sim.masked_fill(itself, float("-inf")), dim=1)
    numer = torch.logsumexp(sim.where(positive, -torch.inf), dim=1)  # BLAME all-masked forward
    return (denom - numer).mean()


encoder = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 8))
opt = torch.optim.Adam(encoder.parameters(), lr=1e-3)
centres = torch.randn(3, 8)
for step in range(80):
    labels = torch.randint(0, 3, (18,))
    x = centres[labels] + 0.5 * torch.randn(18, 8)
    loss = supcon(F.normalize(encoder(x), dim=1), labels)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 20 == 0:
        print(step, loss.item())
