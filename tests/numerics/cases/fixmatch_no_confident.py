"""Semi-supervised training on pseudo labels: the unlabelled loss is a mean over the confident
samples, and in a batch without one it is the mean of an empty tensor, NaN. A known slip in
rewrites of FixMatch; multiplying by the mask and averaging over the whole batch cures it."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(5)
torch.set_num_threads(1)


class Student(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 3))

    def forward(self, x):
        return self.net(x)


def consistency(model, weak, strong, threshold):
    with torch.no_grad():
        confidence, pseudo = model(weak).softmax(1).max(1)
    chosen = confidence > threshold
    each = F.cross_entropy(model(strong), pseudo, reduction="none")
    return each[chosen].mean()  # BLAME empty-mean forward


model = Student()
optimizer = torch.optim.SGD(model.parameters(), lr=0.03, momentum=0.9)
centres = torch.randn(3, 10)
for step in range(80):
    label = torch.randint(0, 3, (16,))
    x = centres[label] + torch.randn(16, 10)
    pool = centres[torch.randint(0, 3, (6,))] + torch.randn(6, 10)
    threshold = min(0.3 + 0.04 * step, 0.999)
    loss = F.cross_entropy(model(x), label)
    loss = loss + consistency(model, pool, pool + 0.3 * torch.randn_like(pool), threshold)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 0:
        print(step, loss.item())
