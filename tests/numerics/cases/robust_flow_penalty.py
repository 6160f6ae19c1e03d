"""Optical flow with the robust penalty |d| ** 0.4 of PWC-Net but without its eps: where a static
scene gives exactly the target flow, the derivative of the power at 0 is infinite. The original
adds 0.01 before the power, which cures it."""

import torch
from torch import nn

torch.manual_seed(9)
torch.set_num_threads(1)


class FlowNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.encode = nn.Conv2d(1, 8, 3, padding=1, bias=False)
        self.decode = nn.Conv2d(8, 2, 3, padding=1, bias=False)

    def forward(self, first, second):
        return self.decode(torch.tanh(self.encode(second - first)))


def robust_epe(flow, truth, q=0.4):
    difference = (flow - truth).abs().sum(dim=1)
    return difference.pow(q).mean()  # BLAME infinite-derivative backward


def scene(step):
    frame = torch.rand(3, 1, 12, 12)
    moved = frame.roll(1, dims=3)
    truth = torch.zeros(3, 2, 12, 12)
    truth[:, 0] = 1
    if step % 14 == 13:
        moved[2], truth[2] = frame[2], 0
    return frame, moved, truth


net = FlowNet()
optimizer = torch.optim.Adam(net.parameters(), lr=4e-3)
for step in range(70):
    first, second, truth = scene(step)
    loss = robust_epe(net(first, second), truth)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
