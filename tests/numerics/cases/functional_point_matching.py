"""Point cloud alignment with torch.func.grad over a dictionary of parameters. One batch is the
self-consistency check, whose target is the moved cloud itself: the distances are zero, where the
derivative of the root is infinite. Cure: an epsilon under the root.
"""

import torch
from torch.func import grad

torch.set_num_threads(1)
torch.manual_seed(13)

params = {"shift": torch.zeros(3), "log_scale": torch.zeros(3)}
leaves = [p.requires_grad_() for p in params.values()]
optimizer = torch.optim.Adam(leaves, lr=0.01)


def alignment(p, source, target):
    moved = source * torch.exp(p["log_scale"]) + p["shift"]
    gap = torch.sqrt((moved - target).pow(2).sum(-1))  # BLAME infinite-derivative backward
    return gap.mean()


cloud = torch.randn(500, 3)
for step in range(60):
    source = cloud[torch.randint(0, 500, (32,))]
    target = source * 1.2 + 0.1
    if step == 9:
        target = (source * torch.exp(params["log_scale"]) + params["shift"]).detach()
    detached = {k: v.detach() for k, v in params.items()}
    grads = grad(alignment)(detached, source, target)
    for name, p in params.items():
        p.grad = grads[name]
    optimizer.step()
    if step % 15 == 0:
        print(step, params["shift"].tolist())
