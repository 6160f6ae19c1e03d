"""The validation loss of each step is a mean over no labels (all ignored), NaN, and only printed.
The real defect is in the update: the weights' length is divided by the length of their gradient,
which is 0 when a batch is classified perfectly. Taking 1 for a zero norm cures it."""

import torch
from torch import nn

torch.manual_seed(4)
torch.set_num_threads(1)


class Runner:
    def __init__(self, model, lr):
        self.model, self.lr = model, lr
        self.optimizer = torch.optim.SGD(model.parameters(), lr=1.0)

    def validate(self, x):
        labels = torch.full((len(x),), -100)
        with torch.no_grad():
            return nn.functional.cross_entropy(self.model(x), labels).item()

    def rescale(self):
        for p in self.model.parameters():
            ratio = p.detach().norm() / p.grad.norm()  # BLAME clip-by-norm optimizer
            p.grad *= self.lr * ratio

    def fit(self, x, y):
        loss = nn.functional.multi_margin_loss(self.model(x), y)
        self.optimizer.zero_grad()
        loss.backward()
        self.rescale()
        self.optimizer.step()
        return loss.item()


centres = 2 * torch.randn(3, 8)
runner = Runner(nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3)), lr=0.02)
for step in range(80):
    y = torch.randint(0, 3, (12,))
    x = centres[y] + 0.3 * torch.randn(12, 8)
    held_out = runner.validate(x[:4])
    loss = runner.fit(x, y)
    if step % 20 == 0:
        print(step, loss, held_out)
