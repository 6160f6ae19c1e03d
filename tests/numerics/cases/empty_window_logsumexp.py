"""Multiple-instance learning by logsumexp over the instances of a bag. A bag without instances is
all -inf; torch.where replaces its score afterwards, so the loss is finite, but the backward of
logsumexp over a row of -inf is NaN, and 0 * NaN is NaN. Real bug:
https://github.com/pytorch/pytorch/issues/31829. Cure: fill such rows before.
"""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(28)


class BagClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.score = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1))

    def forward(self, bags, present):
        bias = torch.zeros(present.shape).masked_fill(~present, float("-inf"))
        s = self.score(bags).squeeze(-1) + bias
        pooled = torch.logsumexp(s, dim=1)  # BLAME all-masked backward
        return torch.where(present.any(1), pooled, torch.zeros(()))


model = BagClassifier()
opt = torch.optim.Adam(model.parameters(), lr=5e-3)
bag_sizes = torch.randint(1, 7, (240,))
bag_sizes[133] = 0
bags = torch.randn(240, 6, 5)
present = torch.arange(6) < bag_sizes[:, None]
labels = ((bags[..., 0] > 1) & present).any(1).float()
for epoch in range(4):
    for lo in range(0, 240, 12):
        out = model(bags[lo : lo + 12], present[lo : lo + 12])
        loss = F.binary_cross_entropy_with_logits(out, labels[lo : lo + 12])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
