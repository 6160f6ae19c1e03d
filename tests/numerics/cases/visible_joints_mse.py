"""Pose estimation with the loss over visible joints only, F.mse_loss of a selection: in a batch in
which none is visible the selection is empty, and its mean NaN. Cure: guard the empty case."""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(210)

net = nn.Sequential(nn.Linear(12, 32), nn.LeakyReLU(), nn.Linear(32, 5))
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
mixing = torch.randn(12, 5)
for step in range(90):
    image = torch.randn(3, 12)
    joints = image @ mixing
    visible = torch.rand(3, 5) < 0.7
    if step == 25:
        visible[:] = False
    predicted = net(image)
    loss = F.mse_loss(predicted[visible], joints[visible])  # BLAME empty-mean forward
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 30 == 0:
        print(step, loss.item())
