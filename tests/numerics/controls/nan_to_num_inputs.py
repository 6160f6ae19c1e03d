"""Control: a table with missing values: nan_to_num on the inputs, with indicator columns."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.set_num_threads(1)
torch.manual_seed(209)


class Imputer(nn.Module):
    def forward(self, x):
        missing = torch.isnan(x)
        return torch.cat([torch.nan_to_num(x, nan=0.0, posinf=5.0, neginf=-5.0), missing], dim=1)


table = torch.randn(320, 5)
target = table.sum(1, keepdim=True)
table[torch.rand(320, 5) < 0.1] = float("nan")
table[torch.rand(320, 5) < 0.01] = float("inf")
net = nn.Sequential(Imputer(), nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(4):
    for x, y in DataLoader(TensorDataset(table, target), batch_size=16, shuffle=True):
        loss = nn.functional.mse_loss(net(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
