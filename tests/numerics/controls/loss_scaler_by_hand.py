"""Control: mixed precision with a dynamic loss scale by hand. Steps whose gradients overflow in
float16 are skipped, the scale is halved, and the parameters never see them.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(206)


class Scaler:
    def __init__(self, scale=2.0**20, interval=20):
        self.scale, self.interval, self.good = scale, interval, 0

    def step(self, optimizer, masters, params):
        grads = [p.grad.float() / self.scale for p in params]
        if not all(torch.isfinite(g).all() for g in grads):
            self.scale, self.good = self.scale / 2, 0
            return
        for master, grad in zip(masters, grads, strict=True):
            master.grad = grad
        optimizer.step()
        for master, p in zip(masters, params, strict=True):
            p.data.copy_(master.data)
        self.good += 1
        if self.good % self.interval == 0:
            self.scale *= 2


net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1)).half()
params = list(net.parameters())
masters = [p.detach().float().requires_grad_() for p in params]
optimizer = torch.optim.Adam(masters, lr=1e-3)
scaler = Scaler()
for step in range(90):
    x = torch.randn(32, 6)
    loss = (net(x.half()).float() - x.sum(1, keepdim=True)).pow(2).mean()
    net.zero_grad()
    (loss * scaler.scale).backward()
    scaler.step(optimizer, masters, params)
    if step % 30 == 0:
        print(step, loss.item(), scaler.scale)
