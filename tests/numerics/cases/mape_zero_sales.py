"""Demand forecast trained on the mean absolute percentage error: a day without sales has y = 0
and its term is |error| / 0 = inf. One of the most frequent forum questions on forecasting losses;
SMAPE with an eps, or a floor under the denominator, cures it."""

import math

import torch
from torch import nn

torch.manual_seed(5)
torch.set_num_threads(1)

days = torch.arange(600.0)
sales = torch.poisson(12 + 5 * torch.sin(days * 2 * math.pi / 7))
sales[sales == 0] = 1
sales[401] = 0
windows = sales.unfold(0, 29, 1)


class MAPELoss(nn.Module):
    def forward(self, forecast, actual):
        return ((forecast - actual).abs() / actual).mean()  # BLAME division-by-zero forward


model = nn.Sequential(nn.Linear(28, 32), nn.GELU(), nn.Linear(32, 1), nn.Softplus())
criterion = MAPELoss()
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 80)
for epoch in range(4):
    for window in windows.split(24):
        history, actual = window[:, :28] / 10, window[:, 28]
        loss = criterion(model(history).squeeze(1), actual)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
    print(epoch, loss.item())
