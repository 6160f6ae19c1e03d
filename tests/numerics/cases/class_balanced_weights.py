"""Class-balanced loss with weights 1 / count from the labels of the batch. A class that is absent
has count 0 and an infinite weight, which then meets a zero in the weighted sum. From threads on
inverse-frequency weights per batch. Cure: count.clamp(min=1).
"""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(55)


def balanced_loss(logits, target, classes):
    onehot = F.one_hot(target, classes).float()
    weight = 1.0 / onehot.sum(0)  # BLAME division-by-zero forward
    weight = weight / weight.mean()
    logp = F.log_softmax(logits, dim=1)
    return -(weight * onehot * logp).sum() / len(target)


net = nn.Sequential(nn.Linear(6, 20), nn.Tanh(), nn.Linear(20, 4))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
x = torch.randn(1200, 6)
y = torch.bucketize(x[:, 0].contiguous(), torch.tensor([-0.8, 0.2, 1.0]))
for epoch in range(2):
    order = torch.randperm(1200)
    for idx in order.split(16):
        loss = balanced_loss(net(x[idx]), y[idx], 4)
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
