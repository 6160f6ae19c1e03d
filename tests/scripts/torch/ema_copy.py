"""An averaged copy of the model: deepcopy, AveragedModel with a lambda, and SWALR."""

import copy

import torch
from torch import nn
from torch.optim.swa_utils import SWALR, AveragedModel, get_ema_multi_avg_fn, update_bn

torch.set_num_threads(1)
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))
ema = copy.deepcopy(model).eval().requires_grad_(False)
averaged = AveragedModel(model, avg_fn=lambda avg, new, n: avg + (new - avg) / (n + 1))
multi = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.9))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = SWALR(optimizer, swa_lr=0.05, anneal_epochs=3)
for step in range(6):
    x = torch.randn(8, 3)
    loss = (model(x) - x.sum(1, keepdim=True)).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        for p, q in zip(ema.parameters(), model.parameters()):
            p.lerp_(q, 0.1)
        for p, q in zip(ema.buffers(), model.buffers()):
            p.copy_(q)
    averaged.update_parameters(model)
    multi.update_parameters(model)
    scheduler.step()
    print(step, loss.item(), ema(x).mean().item(), averaged(x).mean().item(), multi(x).mean().item())
    print(int(averaged.n_averaged), scheduler.get_last_lr(), [p.requires_grad for p in ema.parameters()][:2])
update_bn([torch.ones(4, 3), torch.randn(4, 3)], averaged)
print(averaged.module[1].running_mean.sum().item())
