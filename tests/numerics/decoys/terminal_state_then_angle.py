"""Robot policy: each step logs an entropy with 0 * log(0) = NaN under no_grad, which is harmless.
The real defect is the gaze angle, acos of a cosine that reaches 1 exactly when the target lies
straight ahead: its derivative there is infinite. Clamping the cosine inside (-1, 1) cures it."""

import torch
from torch import nn

torch.manual_seed(0)
torch.set_num_threads(1)


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(4, 32), nn.Tanh())
        self.action = nn.Linear(32, 3)
        self.turn = nn.Linear(32, 1, bias=False)

    def forward(self, state):
        h = self.trunk(state)
        return self.action(h), self.turn(h).squeeze(1)


def gaze_error(turn, bearing):
    return torch.acos(torch.cos(turn * bearing))  # BLAME infinite-derivative backward


policy = Policy()
optimizer = torch.optim.Adam(policy.parameters(), lr=2e-3)
for step in range(70):
    state = torch.randn(24, 4)
    bearing = state[:, 0].abs() + 0.2
    if step % 18 == 17:
        bearing[step % 24] = 0.0
    logits, turn = policy(state)
    with torch.no_grad():
        greedy = nn.functional.one_hot(logits.argmax(1), 3).float()
        entropy = -(greedy * greedy.log()).sum(1).mean()
    wanted = (state[:, 1] > 0).long()
    loss = nn.functional.cross_entropy(logits, wanted) + gaze_error(turn, bearing).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        print(step, loss.item(), entropy.item())
