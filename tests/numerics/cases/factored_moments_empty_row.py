"""Adafactor-like optimizer by hand without its eps: the factored second moment of an embedding is
0 for words that were added and have not occurred, and their update is 0 / 0. Published Adafactor
adds 1e-30 to the squared gradient, which cures it."""

import torch
from torch import nn

torch.manual_seed(5)
torch.set_num_threads(1)


class Factored(torch.optim.Optimizer):
    def __init__(self, params, lr=0.02, decay=0.9):
        super().__init__(params, {"lr": lr, "decay": decay})

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                square = p.grad.square()
                state = self.state[p]
                state["row"] = state.get("row", square.mean(1)).lerp(square.mean(1), 0.1)
                state["col"] = state.get("col", square.mean(0)).lerp(square.mean(0), 0.1)
                moment = torch.outer(state["row"], state["col"]) / state["row"].mean()
                p -= group["lr"] * p.grad / moment.sqrt()  # BLAME optimizer-epsilon optimizer


model = nn.Sequential(nn.Embedding(40, 8), nn.Linear(8, 5, bias=False))
optimizer = Factored(model.parameters())
for step in range(60):
    if step == 13:
        rows = torch.cat([model[0].weight.detach(), torch.randn(10, 8)])
        model[0] = nn.Embedding.from_pretrained(rows, freeze=False)
        optimizer = Factored(model.parameters())
    ids = torch.cat([torch.arange(40), torch.randint(0, 40, (24,))])
    loss = nn.functional.cross_entropy(model(ids), ids % 5)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
