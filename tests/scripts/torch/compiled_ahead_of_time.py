"""torch.compile with the backend aot_eager, in place by Module.compile, with a loss and dropout inside."""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.GELU(), nn.Dropout(0.2), nn.Linear(8, 1))
model.compile(backend="aot_eager")


@torch.compile(backend="aot_eager", dynamic=True)
def loss_of(output, target):
    return (output - target).square().mean()


optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for step in range(5):
    x = torch.randn(6 + step, 4)
    loss = loss_of(model(x), x[:, :1])
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    print(step, loss.item(), model[0].weight.sum().item())
model.eval()
with torch.no_grad():
    print(model(torch.ones(2, 4)).tolist())
