"""Unit-length layer as a custom autograd.Function with a hand-derived backward. Forward guards
the norm with an epsilon, the backward divides by the bare norm: a zero row (padding) gives 0 / 0.
Blame is the line in backward. Cure: the same epsilon in backward.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(31)


class UnitLength(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        norm = x.norm(dim=-1, keepdim=True)
        y = x / (norm + 1e-8)
        ctx.save_for_backward(y, norm)
        return y

    @staticmethod
    def backward(ctx, grad):
        y, norm = ctx.saved_tensors
        tangent = grad - (grad * y).sum(-1, keepdim=True) * y
        return tangent / norm  # BLAME division-by-zero backward


encoder = nn.Linear(9, 6, bias=False)
classifier = nn.Linear(6, 2)
opt = torch.optim.SGD([*encoder.parameters(), *classifier.parameters()], lr=0.1)
x = torch.randn(320, 9)
x[170] = 0.0
y = (x[:, 0] > 0).long()
for epoch in range(3):
    for lo in range(0, 320, 10):
        logits = classifier(UnitLength.apply(encoder(x[lo : lo + 10])))
        loss = nn.functional.cross_entropy(5 * logits, y[lo : lo + 10])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
