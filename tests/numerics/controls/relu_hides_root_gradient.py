"""Control: RMS pooling of activations behind a ReLU: where a window is all zeros, the backward of
the root gives inf and then NaN, but the ReLU's backward selects 0 there, so no gradient is
touched.
"""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(217)


class RMSPool(nn.Module):
    def forward(self, x):
        return torch.sqrt(F.avg_pool1d(x * x, 4))


conv = nn.Conv1d(1, 4, 3, padding=1)
head = nn.Linear(64, 1)
net = nn.Sequential(conv, nn.ReLU(), RMSPool(), nn.Flatten(), head)
opt = torch.optim.SGD(net.parameters(), lr=5e-3)
for step in range(60):
    x = torch.randn(8, 1, 64)
    loss = F.mse_loss(net(x).squeeze(1), x.abs().mean((1, 2)))
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 20 == 0:
        print(step, loss.item())
