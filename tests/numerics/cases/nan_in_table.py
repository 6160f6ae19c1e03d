"""Tabular data with a missing value that was read as NaN; a row in the middle of the epoch
poisons the model. The batch enters at the call of the model. From countless forum threads. Cure:
impute or drop the row.
"""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.set_num_threads(1)
torch.manual_seed(92)


def load_table(rows=256):
    table = torch.randn(rows, 6)
    price = table @ torch.tensor([1.0, 0.5, -1.0, 0.0, 2.0, 0.3]) + 5
    table[173, 4] = float("nan")
    return TensorDataset(table, price)


model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 1))
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
loader = DataLoader(load_table(), batch_size=16, shuffle=True)
for epoch in range(5):
    for features, price in loader:
        pred = model(features).squeeze(1)  # BLAME bad-input data
        loss = (pred - price).abs().mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
