"""Fundamentals read from a CSV in which a price-earnings ratio is written as "inf" (earnings of
zero). The LSTM saturates, so its output and the loss are finite, but the gradient of the weights
is NaN: 0 * inf. The bad batch enters at the call of the model. Cure: clean or clip the column.
"""

import csv

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(93)


class Sequence(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(2, 12, batch_first=True)
        self.fc = nn.Linear(12, 1)

    def forward(self, x):
        h, _ = self.lstm(x)
        return self.fc(h[:, -1])


with open("ratios.csv", "w", newline="") as f:
    rows = (torch.randn(1200, 2) + torch.tensor([1.5, 0.0])).tolist()
    rows[705][0] = float("inf")
    csv.writer(f).writerows([[f"{v:.4f}" for v in row] for row in rows])
with open("ratios.csv") as f:
    series = torch.tensor([[float(v) for v in row] for row in csv.reader(f)])

windows = series.unfold(0, 20, 5).transpose(1, 2)
target = windows[:, -1, 1:]
model = Sequence()
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(3):
    for lo in range(0, len(windows), 8):
        out = model(windows[lo : lo + 8])  # BLAME bad-input data
        loss = (out - target[lo : lo + 8]).pow(2).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
