"""A four-layer ReLU network with SGD at a learning rate of 0.5 and momentum on raw targets: each
update makes the next gradient larger, and within some steps the activations overflow. Cure: a
lower learning rate, warm-up, or clipping.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(107)


def build(width=32, depth=3):
    layers = [nn.Linear(4, width), nn.LeakyReLU(0.3)]
    for _ in range(depth):
        layers += [nn.Linear(width, width), nn.LeakyReLU(0.3)]
    return nn.Sequential(*layers, nn.Linear(width, 1))


net = build()
optimizer = torch.optim.SGD(net.parameters(), lr=0.25, momentum=0.9)
for step in range(100):
    x = torch.randn(64, 4)
    y = 3 * x[:, :1] * x[:, 1:2]
    loss = nn.functional.mse_loss(net(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()  # BLAME divergence optimizer
    if step % 20 == 0:
        print(step, loss.item())
