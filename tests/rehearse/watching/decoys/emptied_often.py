"""What is gathered for a measure holds the graphs of a few steps only."""

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
gathered = []
for step in range(600):
    x = torch.randn(8, 4)
    output = model(x)
    loss = (output - x.sum(1, keepdim=True)).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    gathered.append(output)
    if (step + 1) % 3 == 0:
        print(torch.cat(gathered).mean().item())
        gathered.clear()
