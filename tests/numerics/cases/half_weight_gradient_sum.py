"""Linear layer kept in float16 with a loss summed over the batch: outputs and loss are fine, but
the gradient of the weight sums thousands of rows and passes 65504. Typical of home-made
half-precision training; averaging the loss or a float32 master weight cures it."""

import torch
from torch import nn

torch.manual_seed(7)
torch.set_num_threads(1)


class HalfLinear(nn.Module):
    def __init__(self, fan_in, fan_out):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(fan_out, fan_in) / fan_in**0.5)

    def forward(self, x):
        return (x.half() @ self.weight.T.half()).float()  # BLAME half-overflow backward


model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), HalfLinear(32, 4))
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
mixing = torch.randn(8, 4)
for step in range(70):
    rows = 256 if step % 10 < 9 else 4096
    x = 2 * torch.randn(rows, 8)
    target = x @ mixing + 25
    loss = (model(x) - target).square().sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        print(step, loss.item() / rows)
