"""F.layer_norm with eps=0 ("to match the reference implementation"): a constant feature vector
has variance 0, and the division by its root is 0 * inf inside the function. Cure: the default
eps.
"""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(125)


class Mixer(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.fc1 = nn.Linear(dim, 2 * dim)
        self.fc2 = nn.Linear(2 * dim, 1)

    def forward(self, x):
        x = F.layer_norm(x, x.shape[-1:], eps=0.0)  # BLAME division-by-zero forward
        return self.fc2(F.gelu(self.fc1(x))).squeeze(-1)


histograms = torch.rand(288, 8).softmax(1)
histograms[163] = 0.125
skew = histograms[:, -1] - histograms[:, 0]
model = Mixer(8)
opt = torch.optim.AdamW(model.parameters(), lr=1e-3)
for epoch in range(3):
    for h, s in zip(histograms.split(12), skew.split(12), strict=True):
        loss = (model(h) - 10 * s).pow(2).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
