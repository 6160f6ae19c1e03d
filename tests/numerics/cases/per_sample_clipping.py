"""Differentially private SGD: per-sample gradients by torch.func.vmap, each scaled by clip /
norm. A sample on the right side of the hinge has gradient zero, and 0 * (clip / 0) is NaN. Cure:
(clip / (norm + 1e-6)).clamp(max=1), as in Opacus.
"""

import torch
from torch.func import functional_call, grad, vmap

torch.set_num_threads(1)
torch.manual_seed(128)

model = torch.nn.Linear(5, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)


def sample_loss(params, x, y):
    score = functional_call(model, params, (x,)).squeeze(-1)
    return torch.relu(1 - y * score)


per_sample = vmap(grad(sample_loss), in_dims=(None, 0, 0))
for step in range(70):
    x = torch.randn(8, 5)
    y = torch.where(x[:, 0] - x[:, 2] > 0, 1.0, -1.0)
    params = {k: v.detach() for k, v in model.named_parameters()}
    grads = per_sample(params, x, y)
    norm = torch.cat([g.flatten(1) for g in grads.values()], dim=1).norm(dim=1)
    factor = 1.0 / norm  # BLAME clip-by-norm optimizer
    for name, p in model.named_parameters():
        clipped = torch.einsum("n,n...->...", factor, grads[name]) / len(x)
        p.grad = clipped + 0.01 * torch.randn_like(p)
    optimizer.step()
    if step % 20 == 0:
        print(step, params["weight"].norm().item())
