"""Learned metric whose principal axes are compared with a reference: backward of eigh divides by
differences of eigenvalues. When the covariance of a batch is a multiple of the identity (a
calibration batch of plus/minus unit vectors), the eigenvalues coincide and the gradient is NaN.
Real bug: https://github.com/pytorch/pytorch/issues/76531 and the warning in the eigh docs. The
step after raises LinAlgError because of the NaN. Cure: a small distinct jitter on the diagonal.
"""

import torch

torch.set_num_threads(1)
torch.manual_seed(6)

scale = torch.ones(3, requires_grad=True)
shift = torch.zeros(3, requires_grad=True)
reference = torch.linalg.qr(torch.randn(3, 3))[0]
optimizer = torch.optim.SGD([shift], lr=0.05)
optimizer.add_param_group({"params": [scale], "lr": 0.0})


def axes_loss(cov):
    _, vectors = torch.linalg.eigh(cov)  # BLAME infinite-derivative backward
    return (vectors.abs() - reference.abs()).pow(2).sum()


for step in range(60):
    if step == 12:
        x = torch.cat([torch.eye(3), -torch.eye(3)])
    else:
        x = torch.randn(24, 3) * torch.tensor([1.0, 2.0, 3.0])
    x = x * scale
    cov = x.T @ x / len(x)
    loss = axes_loss(cov) + (shift - x.mean(0)).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
