"""Lists that each round begins anew, of other lengths: their graphs are gone with them."""

import torch
from torch import nn

torch.manual_seed(0)
policy = nn.Linear(4, 2)
optimizer = torch.optim.SGD(policy.parameters(), lr=0.01)
for episode in range(400):
    log_probs = []
    for _ in range(70 + 7 * (episode % 5)):
        log_probs.append(policy(torch.randn(4)).log_softmax(0)[0])
    optimizer.zero_grad()
    torch.stack(log_probs).sum().backward()
    optimizer.step()
