"""The plainest training script: everything at module level, a loss that lives on after the loop."""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)
x = torch.randn(64, 5)
y = x @ torch.randn(5, 1) + 0.1 * torch.randn(64, 1)
model = nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Linear(8, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
losses = []
for epoch in range(3):
    order = torch.randperm(len(x))
    for start in range(0, len(x), 16):
        batch = order[start : start + 16]
        prediction = model(x[batch])
        loss = nn.functional.mse_loss(prediction, y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        print(epoch, start, losses[-1], float(model[0].weight.grad.abs().sum()))
    print("epoch", epoch, f"{loss:.6f}", loss.requires_grad)
print("last", loss.item(), prediction.shape, sum(losses))
