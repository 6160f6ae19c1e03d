"""Time of impact of a thrown ball from the quadratic formula: when the learned speed is too low
the ball does not reach the height, the discriminant is negative and its root NaN. Cure: clamp the
discriminant, treat the misses apart.
"""

import torch

torch.set_num_threads(1)
torch.manual_seed(112)

GRAVITY = 9.81
speed = torch.tensor(8.0, requires_grad=True)
drag = 0.1
optimizer = torch.optim.SGD([speed], lr=0.2, momentum=0.8)


def time_to_height(v, h):
    disc = v * v - 2 * GRAVITY * h
    return (v + torch.sqrt(disc)) / GRAVITY  # BLAME domain forward


for step in range(60):
    height = 0.66 * torch.rand(16)
    seen = (3.6 + torch.sqrt(13.0 - 2 * GRAVITY * height)) / GRAVITY
    predicted = time_to_height(speed * (1 - drag), height)
    loss = 20 * (predicted - seen).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        print(step, loss.item(), speed.item())
