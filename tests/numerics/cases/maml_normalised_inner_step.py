"""Meta-learning whose inner step divides the gradient by its norm: for a task that the initial
parameters already solve (a margin loss of 0) the inner gradient is 0 and so is its norm, 0 / 0.
From home-made MAML variants; an eps under the norm's root cures it."""

import torch
import torch.nn.functional as F

torch.manual_seed(2)
torch.set_num_threads(1)

weight = torch.zeros(5, requires_grad=True)
outer = torch.optim.Adam([weight], lr=0.1)


def margin_loss(w, x, y):
    return F.relu(0.3 - y * (x @ w)).mean()


def adapt(w, x, y, length=0.2):
    (g,) = torch.autograd.grad(margin_loss(w, x, y), w, create_graph=True)
    return w - length * g / g.norm()  # BLAME clip-by-norm forward


def sample_task():
    direction = torch.tensor([1.0, 0.5, 0, 0, 0]) + 0.2 * torch.randn(5)
    x = torch.randn(16, 5)
    y = torch.sign(x @ direction)
    x = x + 0.7 * y[:, None] * F.normalize(direction, dim=0)
    return x[:8], y[:8], x[8:], y[8:]


for iteration in range(80):
    meta_loss = torch.zeros(())
    for _ in range(4):
        x_support, y_support, x_query, y_query = sample_task()
        adapted = adapt(weight, x_support, y_support)
        meta_loss = meta_loss + margin_loss(adapted, x_query, y_query)
    outer.zero_grad()
    meta_loss.backward()
    outer.step()
    if iteration % 20 == 0:
        print(iteration, meta_loss.item())
