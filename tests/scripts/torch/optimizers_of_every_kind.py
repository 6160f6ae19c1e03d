"""Every optimizer in torch.optim, two parameter groups each: state keyed by the parameter object."""

import torch
from torch import nn

torch.set_num_threads(1)
KINDS = sorted(
    name
    for name, kind in vars(torch.optim).items()
    if isinstance(kind, type) and issubclass(kind, torch.optim.Optimizer) and name != "Optimizer"
)
torch.manual_seed(0)
x = torch.randn(12, 4)
y = x[:, :1] * 2 - 1
for kind in KINDS:
    sparse = kind == "SparseAdam"
    if sparse:
        model = nn.Embedding(8, 2, sparse=True)
        groups = model.parameters()
    elif kind == "Muon":
        model = nn.Sequential(nn.Linear(4, 3, bias=False), nn.Linear(3, 1, bias=False))
        groups = model.parameters()
    elif kind == "LBFGS":
        model = nn.Linear(4, 1)
        groups = model.parameters()
    else:
        model = nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 1))
        groups = [{"params": model[0].parameters()}, {"params": model[1].parameters(), "lr": 0.02}]
    optimizer = getattr(torch.optim, kind)(groups, lr=0.01)

    def closure():
        optimizer.zero_grad()
        if sparse:
            loss = model(torch.tensor([1, 2, 5])).pow(2).sum()
        else:
            loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        return loss

    for step in range(4):
        loss = optimizer.step(closure)
        first = next(model.parameters())
        print(kind, step, loss.item(), first.sum().item(), len(optimizer.state), optimizer.state[first] is not None)
        if step == 2:
            optimizer.param_groups[-1]["lr"] *= 0.5
    print(kind, optimizer.param_groups[0]["params"][0] is first, optimizer.param_groups[-1]["lr"])
