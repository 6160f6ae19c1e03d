"""A collate function that allocates the padded batch with torch.empty and fills in the sequences:
what lies behind a short sequence was never written. Deterministic mode fills such memory with
NaN, without it the values are whatever the allocator had. The convolution reads the padding. Real
bug: https://github.com/pytorch/pytorch/issues/19546. Cure: torch.zeros.
"""

import torch
from torch import nn

torch.use_deterministic_algorithms(True)
torch.set_num_threads(1)
torch.manual_seed(94)


def collate(sequences):
    longest = max(len(s) for s in sequences)
    batch = torch.empty(len(sequences), 1, longest)  # BLAME uninitialised forward
    for row, s in zip(batch, sequences, strict=True):
        row[0, : len(s)] = s
    return batch


net = nn.Sequential(nn.Conv1d(1, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool1d(1), nn.Flatten())
head = nn.Linear(8, 1)
opt = torch.optim.Adam([*net.parameters(), *head.parameters()], lr=1e-3)
for step in range(60):
    size = [32] * 4 if step < 8 else torch.randint(28, 33, (4,)).tolist()
    sequences = [torch.randn(n) for n in size]
    target = torch.stack([s.var() for s in sequences])
    loss = (head(net(collate(sequences))).squeeze(1) - target).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
