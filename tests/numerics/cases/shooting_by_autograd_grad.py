"""A trajectory that is fitted by torch.autograd.grad and updates in place: no backward, no
optimizer. The distance to the goal is a root, whose derivative is infinite once the goal is met.
"""

import torch

torch.set_num_threads(1)
torch.manual_seed(8)
goal = torch.tensor([1.0, 2.0])
push = torch.zeros(6, 2, requires_grad=True)


def end_of(push):
    place, speed = torch.zeros(2), torch.zeros(2)
    for force in push:
        speed = speed + force
        place = place + speed
    return place


for step in range(40):
    target = end_of(push).detach() if step == 9 else goal
    miss = (end_of(push) - target).square().sum().sqrt()  # BLAME infinite-derivative backward
    loss = miss + 0.001 * push.square().sum()
    (slope,) = torch.autograd.grad(loss, [push])
    with torch.no_grad():
        push -= 0.003 * slope
    if step % 10 == 0:
        print(step, loss.item())
