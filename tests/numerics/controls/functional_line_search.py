"""Training by torch.func with a line search that tries steps at which the loss overflows, and
leaves them out: the parameters stay finite.
"""

import torch
from torch.func import grad_and_value

torch.set_num_threads(1)
torch.manual_seed(3)
x = torch.randn(64, 3)
y = torch.poisson((x @ torch.tensor([0.4, -0.2, 0.3])).exp())


def loss_of(weights):
    rate = x @ weights
    return (rate.exp() - y * rate).mean()


weights = torch.zeros(3)
for step in range(40):
    slope, loss = grad_and_value(loss_of)(weights)
    length = 1e4
    while not grad_and_value(loss_of)(weights - length * slope)[1] < loss and length > 1e-6:
        length /= 10
    weights = weights - length * slope
    if step % 10 == 0:
        print(step, loss.item())
assert weights.isfinite().all()
