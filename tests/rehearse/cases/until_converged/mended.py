import torch
from torch import nn

TARGET = 0.05
MOST_STEPS = 200_000

torch.manual_seed(0)
true = torch.randn(18, 1)
model = nn.Sequential(nn.Linear(18, 160), nn.ReLU(), nn.Linear(160, 160), nn.ReLU(), nn.Linear(160, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

smooth = 10.0
step = 0
while smooth > TARGET and step < MOST_STEPS:
    x = torch.randn(64, 18)
    y = (x @ true).relu() + 0.5 * torch.randn(64, 1)
    loss = (model(x) - y).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    smooth = 0.99 * smooth + 0.01 * loss.item()
    step += 1
    if step % 500 == 0:
        print(f"step {step}: {smooth:.4f}")

print(f"done after {step} steps")
