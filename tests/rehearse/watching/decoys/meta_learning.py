"""Steps by hand in the inner loop, and none of an optimizer."""

import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
train = TensorDataset(torch.randn(96, 8), torch.randint(0, 3, (96,)))
val = TensorDataset(torch.randn(48, 8), torch.randint(0, 3, (48,)))
train_loader = DataLoader(train, batch_size=8, shuffle=True)
model = nn.Linear(8, 3)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for _ in range(5):
    optimizer.zero_grad()
    for x, y in train_loader:
        fast = dict(model.named_parameters())
        for _ in range(3):
            out = torch.func.functional_call(model, fast, (x,))
            grads = torch.autograd.grad(cross_entropy(out, y), fast.values(), create_graph=True)
            pairs = zip(fast.items(), grads, strict=True)
            fast = {name: value - 0.1 * grad for (name, value), grad in pairs}
        cross_entropy(torch.func.functional_call(model, fast, (x,)), y).backward()
    optimizer.step()
by_hand = nn.Linear(8, 3)
unused = torch.optim.SGD(by_hand.parameters(), lr=0.1)
for x, y in train_loader:
    cross_entropy(by_hand(x), y).backward()
    for p in by_hand.parameters():
        p.data -= 0.1 * p.grad
        p.grad = None
