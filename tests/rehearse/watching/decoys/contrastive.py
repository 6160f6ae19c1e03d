"""Two views and features for all data, in functions of a class; a score on training data."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
train = TensorDataset(torch.randn(96, 8), torch.randint(0, 3, (96,)))
val = TensorDataset(torch.randn(48, 8), torch.randint(0, 3, (48,)))
train_loader = DataLoader(train, batch_size=8, shuffle=True)
val_loader = DataLoader(val, batch_size=8)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.Dropout(0.1))
        self.head = nn.Linear(16, 4)

    def forward(self, x):
        return self.head(self.body(x))


model = Net()
optimizer = torch.optim.Adam([{"params": model.body.parameters()}])
optimizer.add_param_group({"params": model.head.parameters()})
for _epoch in range(3):
    model.train()
    for x, _ in train_loader:
        one = model(x + 0.1 * torch.randn_like(x))
        with torch.no_grad():
            two = model(x + 0.1 * torch.randn_like(x))
        optimizer.zero_grad(set_to_none=False)
        loss = (one - two).pow(2).mean()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        features = torch.cat([model.body(x) for x, _ in train_loader])
    model.eval()
    with torch.no_grad():
        for x, _ in val_loader:
            (model(x) @ model.head(features).T).argmax(1)
