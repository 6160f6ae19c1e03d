"""AveragedModel with each way to average, SWALR, and update_bn: averages that go on from where they were."""

import copy

import torch
from torch import nn
from torch.optim import swa_utils

torch.set_num_threads(1)
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Linear(6, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
mean = swa_utils.AveragedModel(model)
ema = swa_utils.AveragedModel(model, multi_avg_fn=swa_utils.get_ema_multi_avg_fn(0.9), use_buffers=True)
own = swa_utils.AveragedModel(model, avg_fn=lambda average, new, count: average * 0.8 + new * 0.2)
byhand = copy.deepcopy(model).requires_grad_(False)
anneal = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 6)
swa = swa_utils.SWALR(optimizer, swa_lr=0.05, anneal_epochs=3)
data = [torch.randn(8, 4) for _ in range(3)]
for epoch in range(6):
    for x in data:
        loss = (model(x) - x.sum(1, keepdim=True)).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        ema.update_parameters(model)
        with torch.no_grad():
            for target, source in zip(byhand.parameters(), model.parameters()):
                target.lerp_(source, 0.1)
    if epoch > 2:
        mean.update_parameters(model)
        own.update_parameters(model)
        swa.step()
    else:
        anneal.step()
    print(epoch, loss.item(), optimizer.param_groups[0]["lr"], mean.n_averaged.item(), ema.n_averaged.item())
    print([next(m.parameters()).sum().item() for m in (mean, ema, own, byhand)])
swa_utils.update_bn(data, mean)
print(mean.module[1].running_mean.tolist(), mean(data[0]).sum().item(), own(data[1]).sum().item())
