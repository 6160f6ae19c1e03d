"""A model that carries its state reads in order; items that are random anyway."""

import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
train = TensorDataset(torch.randn(96, 8), torch.randint(0, 3, (96,)))
val = TensorDataset(torch.randn(48, 8), torch.randint(0, 3, (48,)))


class Random(torch.utils.data.Dataset):
    def __len__(self):
        return 64

    def __getitem__(self, index):
        return torch.randn(8), torch.randint(3, ())


train_loader = DataLoader(train, batch_size=8)
rnn = nn.GRU(8, 3)
optimizer = torch.optim.SGD(rnn.parameters(), lr=0.1)
for _epoch in range(3):
    state = torch.zeros(1, 8, 3)
    for x, y in train_loader:
        out, state = rnn(x[None], state)
        optimizer.zero_grad()
        cross_entropy(out[0], y).backward()
        optimizer.step()
        state = state.detach()
model = nn.Linear(8, 3)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
random_loader = DataLoader(Random(), batch_size=8)
some_loader = DataLoader(val, batch_size=8, shuffle=True)
for _epoch in range(3):
    for x, y in random_loader:
        optimizer.zero_grad()
        loss = cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        for i, (x, _) in enumerate(some_loader):
            model(x)
            if i == 2:
                break
