"""Forecast of hourly sensor data in which a gap in the record is stored as NaN: the windows that
cover it enter the LSTM as they are. The data's fault, common in meter readings; interpolating the
gap or dropping those windows cures it."""

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(10)
torch.set_num_threads(1)


class Windows(Dataset):
    def __init__(self, series, size):
        self.series, self.size = series, size

    def __len__(self):
        return len(self.series) - self.size

    def __getitem__(self, i):
        return self.series[i : i + self.size, None], self.series[i + self.size]


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(1, 16, batch_first=True)
        self.out = nn.Linear(16, 1)

    def forward(self, x):
        h, _ = self.lstm(x)
        return self.out(h[:, -1]).squeeze(1)


hours = torch.arange(1500.0)
series = torch.sin(hours / 24 * 6.2832) + 0.1 * torch.randn(1500)
series[431:434] = float("nan")
model = Model()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for epoch in range(2):
    for x, y in DataLoader(Windows(series, 24), batch_size=32):
        prediction = model(x)  # BLAME bad-input data
        loss = nn.functional.mse_loss(prediction, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
