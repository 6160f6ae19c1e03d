"""A root of pooled activations is taken at zero behind a ReLU: its backward makes inf and NaN at
each step, but the ReLU's backward selects 0 there. The defect is another: the output is divided
by the norm of a vector that is zero for a blank input. Cure: F.normalize.
"""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(303)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 6, 3, padding=1, bias=False)
        self.proj = nn.Linear(48, 8, bias=False)

    def forward(self, x):
        h = F.relu(self.conv(x))
        pooled = torch.sqrt(F.max_pool1d(h, 4))
        z = self.proj(pooled.flatten(1))
        return z / z.norm(dim=1, keepdim=True)  # BLAME division-by-zero forward


encoder = Encoder()
opt = torch.optim.SGD(encoder.parameters(), lr=0.02)
signals = torch.randn(240, 1, 32)
signals[124] = 0.0
for epoch in range(2):
    for lo in range(0, 240, 8):
        x = signals[lo : lo + 8]
        a, b = encoder(x), encoder(x + 0.05 * torch.randn_like(x))
        loss = (1 - (a * b).sum(1)).mean() + 0.1 * (a @ a.T).pow(2).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
