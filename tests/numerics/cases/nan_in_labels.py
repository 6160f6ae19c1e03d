"""Sensor data in which a label is NaN (the reference instrument was off). Inputs and predictions
are finite, the batch's labels enter at the loss. Cure: drop the item, or mask it in the loss.
"""

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.set_num_threads(1)
torch.manual_seed(129)


class Readings(Dataset):
    def __init__(self, n=200):
        self.raw = torch.randn(n, 6)
        self.reference = self.raw[:, :3].sum(1) + 0.1 * torch.randn(n)
        self.reference[121] = float("nan")

    def __len__(self):
        return len(self.raw)

    def __getitem__(self, i):
        return self.raw[i], self.reference[i]


net = nn.Sequential(nn.Linear(6, 20), nn.SiLU(), nn.Linear(20, 1))
criterion = nn.HuberLoss()
opt = torch.optim.AdamW(net.parameters(), lr=3e-3)
for epoch in range(4):
    for raw, reference in DataLoader(Readings(), batch_size=10):
        pred = net(raw).squeeze(1)
        loss = criterion(pred, reference)  # BLAME bad-input data
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
