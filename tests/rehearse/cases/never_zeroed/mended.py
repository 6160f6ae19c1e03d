import torch
import torch.nn as nn

iterations = 150000
print_every = 1000

torch.manual_seed(77)
frequencies = torch.arange(1, 9).float()
field = nn.Sequential(
    nn.Linear(16, 160), nn.ReLU(), nn.Linear(160, 160), nn.ReLU(), nn.Linear(160, 3), nn.Sigmoid()
)
optimizer = torch.optim.Adam(field.parameters(), lr=1e-3)


def encode(p):
    angle = p.mean(1, keepdim=True) * frequencies
    return torch.cat([angle.sin(), angle.cos()], 1)


def colour(p):
    return torch.stack([p[:, 0], p[:, 1], (p[:, 0] - p[:, 1]).abs()], 1)


running = 0.0
for it in range(1, iterations + 1):
    p = torch.rand(64, 2)
    loss = (field(encode(p)) - colour(p)).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    running += loss.item()
    if it % print_every == 0:
        print(f"iteration {it}  loss {running / print_every:.5f}")
        running = 0.0
