"""Classifier whose loss is log(softmax(x)) by hand: confident logits make a probability underflow
to 0 in float32, and its log is -inf. One of GRIST's most common defects and many forum threads.
Cure: log_softmax or F.cross_entropy.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(40)

net = nn.Sequential(nn.Linear(20, 50), nn.ReLU(), nn.Linear(50, 5))
optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
inputs = torch.randn(320, 20)
inputs[208:] *= 60
labels = inputs[:, :5].argmax(1)
labels[::9] = 0


def nll(logits, target):
    probs = torch.softmax(logits, dim=1)
    logp = torch.log(probs)  # BLAME log-domain forward
    return -(nn.functional.one_hot(target, 5) * logp).sum(1).mean()


for epoch in range(4):
    for lo in range(0, 320, 16):
        loss = nll(net(inputs[lo : lo + 16]), labels[lo : lo + 16])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
