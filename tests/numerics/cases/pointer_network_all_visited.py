"""Pointer network for short tours: the decoder masks visited cities with -inf and runs for a
fixed number of steps, so an instance with fewer cities has every city masked at the end: softmax
of a row of -inf is NaN. From pointer-network code; ending the tour with its last city cures
it."""

import torch
from torch import nn

torch.manual_seed(0)
torch.set_num_threads(1)


class Pointer(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.embed = nn.Linear(2, width)
        self.cell = nn.GRUCell(width, width)

    def forward(self, cities, lengths, steps):
        nodes = self.embed(cities)
        state = nodes.mean(1)
        rows = torch.arange(len(cities))
        visited = torch.arange(cities.shape[1]) >= lengths[:, None]
        tour = []
        for _ in range(steps):
            scores = torch.einsum("nd,nkd->nk", state, nodes).masked_fill(visited, -torch.inf)
            prob = torch.softmax(scores, dim=1)  # BLAME all-masked forward
            choice = prob.argmax(1)
            visited = visited.clone()
            visited[rows, choice] = True
            state = self.cell(nodes[rows, choice], state)
            tour.append(torch.einsum("nk,nkd->nd", prob, cities))
        return torch.stack(tour, dim=1)


model = Pointer()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for step in range(60):
    lengths = torch.full((8,), 6)
    if step % 10 == 9:
        lengths[step % 8] = 4
    tour = model(torch.rand(8, 6, 2), lengths, steps=5)
    loss = tour.diff(dim=1).square().sum(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
