"""Class-incremental learning: the head is regrown with torch.empty and only the old classes' rows
are copied, so the new rows are uninitialised memory (deterministic mode fills it with NaN). A
common slip; initialising the new rows with nn.init cures it."""

import torch
from torch import nn

torch.manual_seed(12)
torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)


class IncrementalNet(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(12, 32), nn.ReLU())
        self.weight = nn.Parameter(torch.randn(classes, 32) / 32**0.5)

    def grow(self, classes):
        weight = torch.empty(classes, 32)  # BLAME uninitialised forward
        weight[: len(self.weight)] = self.weight.detach()
        self.weight = nn.Parameter(weight)

    def forward(self, x):
        return self.body(x) @ self.weight.T


prototypes = torch.randn(9, 12)
model = IncrementalNet(3)
for task in range(3):
    if task > 0:
        model.grow(3 + 3 * task)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    for _ in range(25):
        label = torch.randint(0, 3 + 3 * task, (32,))
        x = prototypes[label] + 0.3 * torch.randn(32, 12)
        loss = nn.functional.cross_entropy(model(x), label)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(task, loss.item())
