"""A survival model that is trained with torch.func and an update written by hand: no backward, no
optimizer. The hazard is a ReLU, and its logarithm is -inf once it is 0 at an event.
"""

import torch
from torch import nn
from torch.func import functional_call, grad_and_value

torch.set_num_threads(1)
torch.manual_seed(4)
net = nn.Sequential(nn.Linear(5, 12), nn.Tanh(), nn.Linear(12, 1))


def hazard(params, x):
    return torch.relu(functional_call(net, params, (x,)).squeeze(-1) + 1.0)


def loss_of(params, x, time, event):
    rate = hazard(params, x)
    survived = rate * time
    return (survived - event * torch.log(rate)).mean()  # BLAME log-domain forward


params = {name: p.detach() for name, p in net.named_parameters()}
for step in range(60):
    x = torch.randn(24, 5)
    time = torch.rand(24) * (1.0 + 0.4 * step)
    event = (torch.rand(24) < 0.5).float()
    gradients, loss = grad_and_value(loss_of)(params, x, time, event)
    params = {name: p - 0.05 * gradients[name] for name, p in params.items()}
    if step % 10 == 0:
        print(step, loss.item())
