"""Two-tower retrieval with sampled softmax and the logQ correction: an item that entered the
catalogue after the counts were made has frequency 0, log(0) = -inf makes its corrected logit
+inf. A usual failure of sampling corrections; additive smoothing of the counts cures it."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(1)
torch.set_num_threads(1)

history = torch.randint(0, 90, (4000,))
counts = torch.bincount(history, minlength=300).float()
towers = nn.ModuleDict({"query": nn.Linear(12, 16), "item": nn.Embedding(300, 16)})
optimizer = torch.optim.Adagrad(towers.parameters(), lr=0.1)


def corrected_logits(query, candidates):
    logits = query @ towers["item"](candidates).T
    frequency = counts[candidates] / counts.sum()
    return logits - torch.log(frequency)  # BLAME log-domain forward


for day in range(70):
    catalogue = min(50 + 5 * day, 300)
    features = torch.randn(16, 12)
    positives = torch.randint(0, 50, (16,))
    negatives = torch.randint(0, catalogue, (64,))
    logits = corrected_logits(towers["query"](features), torch.cat([positives, negatives]))
    loss = F.cross_entropy(logits, torch.arange(16))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if day % 10 == 0:
        print(day, loss.item())
