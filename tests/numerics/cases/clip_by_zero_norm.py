"""Gradient clipping by hand: every gradient is multiplied by max_norm / total_norm. With a hinge
loss a batch can be classified with margin, all gradients are zero and the factor is inf, 0 * inf.
Cure: min(1, max_norm / (norm + 1e-6)), or torch's clip_grad_norm_.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(103)


def rescale_gradients(params, max_norm=1.0):
    grads = [p.grad for p in params if p.grad is not None]
    total = torch.stack([g.norm() for g in grads]).norm()
    for g in grads:
        g.mul_(max_norm / total)  # BLAME clip-by-norm optimizer


x = torch.randn(256, 4)
y = torch.where(x[:, 0] + x[:, 1] > 0, 1.0, -1.0)
x[:, :2] += 0.5 * y[:, None]
svm = nn.Linear(4, 1)
optimizer = torch.optim.SGD(svm.parameters(), lr=0.2)
for step in range(80):
    idx = torch.randint(0, 256, (8,))
    loss = torch.relu(1 - y[idx] * svm(x[idx]).squeeze(1)).mean()
    optimizer.zero_grad()
    loss.backward()
    rescale_gradients(list(svm.parameters()))
    optimizer.step()
    if step % 20 == 0:
        print(step, loss.item())
