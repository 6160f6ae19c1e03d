"""Half-precision training with a dynamic loss scale by hand: steps whose scaled gradients
overflow are not applied, the gradients are dropped and the scale is halved, as intended."""

import torch
from torch import nn

torch.manual_seed(6)
torch.set_num_threads(1)


class DynamicScale:
    def __init__(self, scale=2.0**20):
        self.scale, self.good = scale, 0

    def unscale(self, params):
        grads = [p.grad for p in params]
        finite = all(bool(g.isfinite().all()) for g in grads)
        if finite:
            torch._foreach_div_(grads, self.scale)
            self.good += 1
        if not finite or self.good == 25:
            self.scale *= 2.0 if finite else 0.5
            self.good = 0
        return finite


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(12, 32), nn.Linear(32, 1)

    def forward(self, x):
        h = torch.relu(self.first(x)).half()
        return (h @ self.second.weight.T.half() + self.second.bias.half()).float()


model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
scale = DynamicScale()
for _ in range(90):
    x = torch.randn(64, 12)
    loss = nn.functional.mse_loss(model(x), x.sum(1, keepdim=True))
    optimizer.zero_grad()
    (loss * scale.scale).backward()
    if scale.unscale(list(model.parameters())):
        optimizer.step()
print(loss.item(), scale.scale)
