"""RMSprop with eps=0 ("the epsilon hurts the effective learning rate"): a feature that is zero in
the first batches after a new column is added has a zero gradient and a zero average, 0 / 0 in
optimizer.step(). Cure: any eps.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(101)

old = nn.Linear(6, 1)
extra = nn.Linear(2, 1, bias=False)
optimizer = torch.optim.RMSprop(old.parameters(), lr=1e-3, eps=0.0)
for step in range(70):
    if step == 15:
        optimizer.add_param_group({"params": extra.parameters()})
    x = torch.randn(32, 6)
    bonus = torch.zeros(32, 2)
    bonus[:, 0] = torch.rand(32)
    if step > 18:
        bonus[:, 1] = torch.rand(32)
    y = x.sum(1, keepdim=True) + bonus.sum(1, keepdim=True)
    pred = old(x) + (extra(bonus) if step >= 15 else 0.0)
    loss = (pred - y).abs().mean()
    old.zero_grad()
    extra.zero_grad()
    loss.backward()
    optimizer.step()  # BLAME optimizer-epsilon optimizer
    if step % 20 == 0:
        print(step, loss.item())
