"""LR schedulers: they wrap optimizer.step with counters, hold lambdas, and refer to each other."""

import torch
from torch import nn
from torch.optim import lr_scheduler as ls

torch.set_num_threads(1)
torch.manual_seed(0)
x, y = torch.randn(8, 3), torch.randn(8, 1)


def warmup(step):
    return min(1.0, (step + 1) / 4)


KINDS = {
    "LambdaLR": lambda o: ls.LambdaLR(o, [warmup, lambda step: 0.9**step]),
    "MultiplicativeLR": lambda o: ls.MultiplicativeLR(o, lambda step: 0.95),
    "StepLR": lambda o: ls.StepLR(o, 2),
    "MultiStepLR": lambda o: ls.MultiStepLR(o, [2, 4]),
    "LinearLR": lambda o: ls.LinearLR(o, total_iters=4),
    "ExponentialLR": lambda o: ls.ExponentialLR(o, 0.8),
    "PolynomialLR": lambda o: ls.PolynomialLR(o, 5, 2.0),
    "CosineAnnealingLR": lambda o: ls.CosineAnnealingLR(o, 5),
    "CosineAnnealingWarmRestarts": lambda o: ls.CosineAnnealingWarmRestarts(o, 3, 2),
    "CyclicLR": lambda o: ls.CyclicLR(o, 0.01, 0.1, step_size_up=2),
    "OneCycleLR": lambda o: ls.OneCycleLR(o, 0.1, total_steps=12),
    "SequentialLR": lambda o: ls.SequentialLR(o, [ls.ConstantLR(o, 0.1), ls.ExponentialLR(o, 0.9)], [2]),
    "ChainedScheduler": lambda o: ls.ChainedScheduler([ls.ConstantLR(o, 0.5), ls.ExponentialLR(o, 0.9)]),
    "ReduceLROnPlateau": lambda o: ls.ReduceLROnPlateau(o, patience=0),
}
for name, make in KINDS.items():
    model = nn.Linear(3, 1)
    optimizer = torch.optim.SGD(
        [{"params": [model.weight]}, {"params": [model.bias], "lr": 0.2}], lr=0.1, momentum=0.9
    )
    scheduler = make(optimizer)
    for step in range(6):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        scheduler.step(loss.item()) if name == "ReduceLROnPlateau" else scheduler.step()
        print(name, step, loss.item(), [group["lr"] for group in optimizer.param_groups])
