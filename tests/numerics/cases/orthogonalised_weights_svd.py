"""Layer that orthogonalises its weight by SVD (U @ V^T). The weight is initialised as an
orthogonal matrix, whose singular values are all equal: the backward of SVD divides by their
differences. The layer is frozen for the first epoch, so NaN comes when it is unfrozen (and the
next SVD raises). Real bug: threads on torch.svd gradients with repeated singular values. Cure:
polar factor by Newton iterations, or a parametrisation
(torch.nn.utils.parametrizations.orthogonal).
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(7)


class OrthoLinear(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.weight = nn.Parameter(torch.eye(n), requires_grad=False)

    def forward(self, x):
        u, _, vh = torch.linalg.svd(self.weight)  # BLAME infinite-derivative backward
        return x @ (u @ vh)


layer = OrthoLinear(5)
head = nn.Linear(5, 2)
optimizer = torch.optim.SGD([layer.weight, *head.parameters()], lr=0.05)
x_all = torch.randn(80, 5)
y_all = torch.randn(80, 2)
for epoch in range(3):
    layer.weight.requires_grad_(epoch > 0)
    for xb, yb in zip(x_all.split(4), y_all.split(4), strict=True):
        loss = (head(torch.tanh(layer(xb))) - yb).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
