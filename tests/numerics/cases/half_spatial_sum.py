"""Convnet in half precision that pools by sum / (H * W): the sum over a bright 48 x 48 map passes
65504 before the division brings it back. From ports of old pooling code to fp16; mean() or a
float32 sum cures it."""

import torch
from torch import nn

torch.manual_seed(9)
torch.set_num_threads(1)


class HalfNet(nn.Module):
    def __init__(self, classes=3):
        super().__init__()
        self.conv = nn.Conv2d(1, 6, 3, padding=1)
        self.fc = nn.Linear(6, classes)

    def forward(self, x):
        maps = torch.relu(self.conv(x)).half()
        height, width = maps.shape[2:]
        total = maps.sum(dim=(2, 3))  # BLAME half-overflow forward
        return self.fc((total / (height * width)).float())


def load(step):
    gain = 20 + 3 * step
    labels = torch.randint(0, 3, (4,))
    return torch.rand(4, 1, 48, 48) * gain + labels[:, None, None, None], labels


net = HalfNet()
optimizer = torch.optim.SGD(net.parameters(), lr=1e-4)
for step in range(60):
    images, labels = load(step)
    loss = nn.functional.cross_entropy(net(images), labels)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    if step % 10 == 0:
        print(step, loss.item())
