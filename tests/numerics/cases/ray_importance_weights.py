"""Volume rendering along rays: the weights of the coarse samples are normalised to a distribution
for the fine samples, and on a ray through empty space all of them are exactly 0 after the ReLU
density, so 0 / 0. NeRF's reference code adds 1e-5 to the weights, which cures it."""

import torch
from torch import nn

torch.manual_seed(11)
torch.set_num_threads(1)


class Field(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 2))
        nn.init.constant_(self.net[2].bias, 0.4)

    def forward(self, points):
        density, colour = self.net(points).unbind(-1)
        return torch.relu(density), torch.sigmoid(colour)


def render(field, origin, direction, steps=12):
    t = torch.linspace(0.1, 2, steps)
    density, colour = field(origin[:, None] + t[:, None] * direction[:, None])
    alpha = 1 - torch.exp(-density * (t[1] - t[0]))
    light = torch.cumprod(torch.cat([torch.ones(len(alpha), 1), 1 - alpha[:, :-1]], 1), 1)
    weights = alpha * light
    pdf = weights / weights.sum(1, keepdim=True)  # BLAME division-by-zero forward
    return (weights * colour).sum(1), (pdf * t).sum(1)


field = Field()
optimizer = torch.optim.Adam(field.parameters(), lr=0.01)
for _ in range(70):
    origin = torch.randn(64, 3)
    direction = nn.functional.normalize(torch.randn(64, 3), dim=1)
    seen, depth = render(field, origin, direction)
    loss = (seen - 0.05).square().mean() + 0.1 * (depth - 1.5).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
