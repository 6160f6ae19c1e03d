"""Image retrieval with generalised-mean pooling, mean(x ** p) ** (1 / p), without the clamp: for
a black image the rectified responses of a channel are all 0, and the outer power has an infinite
derivative at 0. The reference code of GeM clamps x at 1e-6, which cures it."""

import torch
from torch import nn

torch.manual_seed(3)
torch.set_num_threads(1)


class GeM(nn.Module):
    def __init__(self, p=3.0):
        super().__init__()
        self.p = p

    def forward(self, maps):
        pooled = maps.pow(self.p).mean(dim=(2, 3))
        return pooled.pow(1.0 / self.p)  # BLAME infinite-derivative backward


class Retrieval(nn.Module):
    def __init__(self, classes=5):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 16, 5, stride=2, bias=False))
        self.pool = GeM()
        self.head = nn.Linear(16, classes)

    def forward(self, x):
        return self.head(self.pool(self.features(x).abs()))


images = torch.rand(480, 3, 14, 14)
labels = torch.randint(0, 5, (480,))
images[203] = 0
model = Retrieval()
loader = torch.utils.data.DataLoader(list(zip(images, labels, strict=True)), batch_size=24)
optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
for epoch in range(4):
    for x, y in loader:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
