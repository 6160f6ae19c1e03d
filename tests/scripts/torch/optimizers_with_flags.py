"""Optimizers with foreach, fused, capturable, maximize, amsgrad and per-group settings; LBFGS with a line search."""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)
x = torch.randn(16, 4)
y = x @ torch.tensor([[1.0], [-2.0], [0.5], [3.0]])
KINDS = {
    "sgd fused": lambda g: torch.optim.SGD(g, lr=0.01, momentum=0.9, nesterov=True, fused=True),
    "sgd foreach": lambda g: torch.optim.SGD(g, lr=0.01, momentum=0.9, dampening=0.1, foreach=True),
    "adam fused": lambda g: torch.optim.Adam(g, lr=0.01, amsgrad=True, fused=True),
    "adamw foreach": lambda g: torch.optim.AdamW(g, lr=torch.tensor(0.01), weight_decay=0.1, foreach=False),
    "adagrad fused": lambda g: torch.optim.Adagrad(g, lr=0.05, fused=True),
    "rmsprop centered": lambda g: torch.optim.RMSprop(g, lr=0.01, centered=True, momentum=0.5, foreach=True),
    "asgd": lambda g: torch.optim.ASGD(g, lr=0.01, t0=2, foreach=True),
    "adam maximize": lambda g: torch.optim.Adam(g, lr=0.001, maximize=True),
    "nadam": lambda g: torch.optim.NAdam(g, lr=0.01, decoupled_weight_decay=True),
    "lbfgs": lambda g: torch.optim.LBFGS([p for e in g for p in e["params"]], line_search_fn="strong_wolfe", max_iter=4),
}
for name, make in KINDS.items():
    model = nn.Sequential(nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 1))
    groups = [
        {"params": [p for n, p in model.named_parameters() if "bias" not in n], "weight_decay": 0.01},
        {"params": [p for n, p in model.named_parameters() if "bias" in n], "lr": 0.002, "label": "biases"},
    ]
    optimizer = make(groups)

    def closure():
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        evaluations.append(loss.item())
        return loss

    evaluations = []
    for step in range(3):
        loss = optimizer.step(closure)
        print(name, step, loss.item(), len(evaluations), model[0].weight.sum().item())
        if step == 1 and name != "lbfgs":
            model.extra = nn.Linear(1, 1)
            optimizer.add_param_group({"params": list(model.extra.parameters()), "lr": 0.5})
        print([g.get("label") for g in optimizer.param_groups], [float(g["lr"]) for g in optimizer.param_groups])
    print(sorted(k for k in optimizer.state[model[0].weight] if torch.is_tensor(optimizer.state[model[0].weight][k])))
