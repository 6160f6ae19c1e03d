"""Log-transformed regression: torch.where takes log(h) for positive activations and a straight
line otherwise. For an activation of exactly zero (a padded row) the log is -inf in the branch
that is not taken; forward selects it away, backward computes 0 / 0. Real bug:
https://github.com/pytorch/pytorch/issues/108618. Cure: the double where.
"""

import torch

torch.set_num_threads(1)
torch.manual_seed(21)


def symlog(h):
    return torch.where(h > 0, torch.log(h), h)  # BLAME zero-times-inf backward


inputs = torch.rand(300, 4) + 0.2
inputs[101] = 0.0
target = inputs.sum(1, keepdim=True).clamp(min=1.0).log()
weights = torch.rand(4, 1).requires_grad_()
bias = torch.zeros(1, requires_grad=True)
opt = torch.optim.SGD([weights, bias], lr=0.05)
for epoch in range(6):
    for start in range(0, 300, 20):
        x = inputs[start : start + 20]
        loss = (symlog(x @ weights) + bias - target[start : start + 20]).pow(2).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
