import torch
import torch.nn as nn
import torch.nn.functional as F

EPOCHS = 500
torch.manual_seed(2024)


class Encoder(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(32, 192), nn.ReLU(), nn.Linear(192, 192), nn.ReLU())
        self.head = nn.Linear(192, classes)

    def forward(self, x):
        return self.head(self.body(x))


def batch(prototypes, n=32):
    y = torch.randint(0, len(prototypes), (n,))
    return prototypes[y] + torch.randn(n, 32), y


old_task, new_task = torch.randn(20, 32), torch.randn(7, 32)

# pre-train on the old task
model = Encoder(classes=20)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
for step in range(1000):
    x, y = batch(old_task)
    loss = F.cross_entropy(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f'pre-training done, loss {loss.item():.3f}')

# fine-tune on the new one, with a new head
model.head = nn.Linear(192, 7)
optimizer = torch.optim.SGD(model.parameters(), lr=0.005, momentum=0.9)
for epoch in range(EPOCHS):
    for step in range(400):
        x, y = batch(new_task)
        loss = F.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f'epoch {epoch}: loss {loss.item():.3f}')
