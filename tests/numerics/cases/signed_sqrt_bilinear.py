"""Fine-grained recognition with bilinear pooling and the signed square root: a product of two
inactive ReLU channels is exactly 0, where the root's derivative is infinite. Known from bilinear
CNN code, which adds 1e-5 to the absolute value; that cures it."""

import torch
from torch import nn

torch.manual_seed(11)
torch.set_num_threads(1)


class BilinearNet(nn.Module):
    def __init__(self, classes=4):
        super().__init__()
        self.a = nn.Conv2d(3, 6, 3)
        self.b = nn.Conv2d(3, 6, 3)
        nn.init.constant_(self.a.bias, 0.6)
        self.fc = nn.Linear(36, classes)

    def forward(self, x):
        a, b = self.a(x).flatten(2).relu(), self.b(x).flatten(2).sigmoid()
        outer = torch.einsum("nip,njp->nij", a, b).flatten(1) / a.shape[2]
        outer = outer.sign() * outer.abs().sqrt()  # BLAME infinite-derivative backward
        return self.fc(nn.functional.normalize(outer))


net = BilinearNet()
optimizer = torch.optim.SGD(net.parameters(), lr=0.3, momentum=0.9)
warmup = torch.optim.lr_scheduler.LinearLR(optimizer, 0.05, 1.0, total_iters=30)
for step in range(80):
    labels = torch.randint(0, 4, (16,))
    images = torch.rand(16, 3, 8, 8) * 0.5 + labels[:, None, None, None] / 4
    loss = nn.functional.cross_entropy(net(images), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    warmup.step()
    if step % 20 == 0:
        print(step, loss.item())
