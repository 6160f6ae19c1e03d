"""RMSE as sqrt(mse): on a batch of idle machines a bias-free network predicts exactly 0 for
targets of exactly 0, the loss is 0 and the derivative of the square root there is infinite, 0 *
inf in the backward pass. A frequent forum answer ("RMSELoss without eps"); an eps inside the sqrt
cures it."""

import torch
from torch import nn

torch.manual_seed(0)
torch.set_num_threads(1)


class RMSELoss(nn.Module):
    def __init__(self):
        super().__init__()
        self.mse = nn.MSELoss()

    def forward(self, prediction, target):
        return torch.sqrt(self.mse(prediction, target))  # BLAME infinite-derivative backward


model = nn.Sequential(nn.Linear(6, 24, bias=False), nn.Tanh(), nn.Linear(24, 1, bias=False))
criterion = RMSELoss()
optimizer = torch.optim.NAdam(model.parameters(), lr=2e-3)
readings = torch.randn(700, 6)
readings[180:200] = 0
power = readings.square().sum(1, keepdim=True)
step = 0
for _ in range(2):
    for x, y in zip(readings.split(20), power.split(20), strict=True):
        loss = criterion(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        step += 1
    print(step, loss.item())
