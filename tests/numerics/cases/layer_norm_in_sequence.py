"""nn.LayerNorm with eps=0 in an nn.Sequential, as in a port of another framework's layer: a row of
equal features has variance 0, and the layer divides by it. Cure: the usual eps of 1e-5."""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(212)


class Port(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.LayerNorm(6, eps=0.0), nn.Linear(6, 16), nn.Tanh())
        self.head = nn.Linear(16, 1)

    def forward(self, x):
        return self.head(self.body(x))  # BLAME division-by-zero forward


model = Port()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for step in range(80):
    x = torch.randn(12, 6)
    if step == 27:
        x[4] = 1.5
    loss = (model(x) - x.sum(1, keepdim=True)).abs().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 0:
        print(step, loss.item())
