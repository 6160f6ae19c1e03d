"""Pose regression with the geodesic angle between rotations: acos of (trace - 1) / 2. The cosine
is clamped to [-1, 1], so the value is fine, but a prediction that is exactly right has cosine 1,
where the derivative of acos is infinite (the clamp passes gradients at its bound). Real bug:
https://github.com/papagina/RotationContinuity/issues/11 (clamp to 0.9999 there). Cure: clamp a
little inside of [-1, 1], or atan2 of sine and cosine.
"""

import torch

torch.set_num_threads(1)
torch.manual_seed(1)


def rotation_z(angle):
    c, s = torch.cos(angle), torch.sin(angle)
    zero, one = torch.zeros_like(c), torch.ones_like(c)
    return torch.stack([c, -s, zero, s, c, zero, zero, zero, one], dim=-1).view(-1, 3, 3)


def geodesic(r1, r2):
    trace = (r1 @ r2.transpose(1, 2)).diagonal(dim1=1, dim2=2).sum(-1)
    cosine = ((trace - 1) / 2).clamp(-1.0, 1.0)
    return torch.acos(cosine)  # BLAME infinite-derivative backward


truth = torch.linspace(-0.6, 0.6, 16)
angle = torch.zeros(16, requires_grad=True)
optimizer = torch.optim.Adam([angle], lr=0.05)
for step in range(100):
    pick = torch.randperm(16)[:8]
    optimizer.zero_grad()
    loss = geodesic(rotation_z(angle[pick]), rotation_z(truth[pick])).mean()
    loss.backward()
    optimizer.step()
    if step % 25 == 0:
        print(f"step {step} angle error {loss.item():.4f}")
