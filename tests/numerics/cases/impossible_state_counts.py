"""Counts times the logarithms of a table with an impossible entry, -inf: right as long as only
entries with a count are taken, NaN once a row brings the impossible one with a count of 0.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(21)
allowed = torch.ones(4, 3, dtype=torch.bool)
allowed[2, 0] = False


class Table(nn.Module):
    def __init__(self):
        super().__init__()
        self.logits = nn.Parameter(torch.zeros(4, 3))

    def forward(self):
        open_ones = torch.where(allowed, self.logits, torch.tensor(-float("inf")))
        return open_ones.log_softmax(-1)


table = Table()
optimizer = torch.optim.Adam(table.parameters(), lr=0.02)
for step in range(40):
    states = torch.randint(0, 4 if step % 15 == 11 else 2, (20,))
    values = torch.randint(1, 3, (20,))
    counts = torch.zeros(4, 3).index_put((states, values), torch.ones(20), accumulate=True)
    rows = states.unique()
    loss = -(counts[rows] * table()[rows]).sum() / 20  # BLAME zero-times-inf forward
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        print(step, loss.item())
