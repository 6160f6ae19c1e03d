"""Focal loss with an exponent below one: (1 - p) ** 0.5. When a sample is classified with
probability exactly 1.0 in float32, the base is zero and the derivative of the power infinite.
From threads on focal loss with gamma < 1. Cure: clamp p below 1, or gamma of at least 1.
"""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(9)


def focal_loss(logits, target, gamma=0.5):
    logp = F.log_softmax(logits, dim=1)
    logpt = logp.gather(1, target[:, None]).squeeze(1)
    weight = (1 - logpt.exp()) ** gamma  # BLAME infinite-derivative backward
    return (-weight * logpt).mean()


centres = 12 * torch.randn(4, 10)
labels = torch.randint(0, 4, (256,))
data = centres[labels] + torch.randn(256, 10)
net = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 4))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for step in range(120):
    idx = torch.randint(0, 256, (16,))
    opt.zero_grad()
    loss = focal_loss(net(data[idx]), labels[idx])
    loss.backward()
    opt.step()
    if step % 40 == 0:
        print(f"{step}: {loss.item():.5f}")
