#!/usr/bin/env python
# word vectors by skip-gram with negative sampling, on a made-up corpus
import numpy as np
import torch
import torch.nn as nn

vocabulary = 2000
dim = 64
window = 3
negatives = 5
n_updates = 100000
batch = 128

torch.manual_seed(0)
generator = np.random.default_rng(0)
corpus = torch.from_numpy(generator.zipf(1.4, size=300_000) % vocabulary)


class SkipGram(nn.Module):
    def __init__(self):
        super().__init__()
        self.center = nn.Embedding(vocabulary, dim)
        self.context = nn.Embedding(vocabulary, dim)
        nn.init.normal_(self.center.weight, std=0.1)
        nn.init.zeros_(self.context.weight)

    def forward(self, c, pos, neg):
        c = self.center(c)
        good = (c * self.context(pos)).sum(-1)
        bad = torch.einsum("bd,bkd->bk", c, self.context(neg))
        return -(nn.functional.logsigmoid(good) + nn.functional.logsigmoid(-bad).sum(-1)).mean()


model = SkipGram()
optimizer = torch.optim.Adagrad(model.parameters(), lr=0.05)
smooth = 0.0
for update in range(1, n_updates + 1):
    at = torch.randint(window, len(corpus) - window, (batch,))
    offset = torch.randint(1, window + 1, (batch,)) * (torch.randint(0, 2, (batch,)) * 2 - 1)
    noise = torch.randint(0, vocabulary, (batch, negatives))
    loss = model(corpus[at], corpus[at + offset], noise)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    smooth = 0.99 * smooth + 0.01 * loss.item()
    if update % 1000 == 0:
        print(f"{update:6d} {smooth / (1 - 0.99 ** update):.4f}")

arrays = {name: p.numpy() for name, p in model.named_parameters()}  # fault
np.savez("vectors.npz", **arrays)
print("written:", {name: a.shape for name, a in arrays.items()})
