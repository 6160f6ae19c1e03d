"""Left-to-right alignment by dynamic programming: forbidden moves and unreachable states hold
-inf all through the recursion, but logsumexp always sees a reachable state."""

import torch
from torch import nn

torch.manual_seed(1)
torch.set_num_threads(1)

STATES = 4
model = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, STATES))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)


def alignment_score(emission):
    steps = emission.shape[1]
    alpha = emission[:, 0, :1]
    for t in range(1, steps):
        width = min(t + 1, STATES)
        stay = nn.functional.pad(alpha, (0, width - alpha.shape[1]), value=-torch.inf)
        move = nn.functional.pad(alpha, (1, 0), value=-torch.inf)[:, :width]
        alpha = torch.logsumexp(torch.stack([stay, move]), dim=0) + emission[:, t, :width]
    return alpha[:, -1]


for step in range(60):
    where = torch.arange(12) // 3
    frames = torch.randn(8, 12, 6) * 0.3 + nn.functional.one_hot(where, 6)
    loss = -alignment_score(model(frames).log_softmax(-1)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 0:
        print(step, loss.item())
