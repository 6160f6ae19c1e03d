"""A time series with a gap, convolved with circular padding, which copies it into new memory: the
data are to blame, not the memory."""

import torch
from torch import nn

torch.manual_seed(5)
series = torch.randn(64, 3, 40).cumsum(-1)
series[50, 1, 7] = float("nan")

model = nn.Sequential(
    nn.Conv1d(3, 8, 3, padding=1, padding_mode="circular"), nn.GELU(), nn.Conv1d(8, 3, 1)
)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

for step in range(32):
    batch = series[2 * step : 2 * step + 2]
    loss = nn.functional.mse_loss(model(batch), batch.roll(-1, dims=-1))  # BLAME bad-input data
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
