import torch
import torch.nn as nn
import torch.nn.functional as F


class TwoTower(nn.Module):
    def __init__(self, dim=64):
        super().__init__()
        self.left = nn.Sequential(nn.Linear(20, 128), nn.ReLU(), nn.Linear(128, dim))
        self.right = nn.Sequential(nn.Linear(30, 128), nn.ReLU(), nn.Linear(128, dim))

    def forward(self, a, b):
        a = F.normalize(self.left(a), dim=1)
        b = F.normalize(self.right(b), dim=1)
        return 10 * a @ b.T


torch.manual_seed(0)
to_a, to_b = torch.randn(10, 20), torch.randn(10, 30)
towers = TwoTower()
optimizer = torch.optim.Adam(towers.parameters(), lr=1e-3)
answers = torch.arange(48)
hits = 0
for step in range(100_000):
    hidden = torch.randn(48, 10)
    scores = towers(hidden @ to_a + 0.1 * torch.randn(48, 20), hidden @ to_b + 0.1 * torch.randn(48, 30))
    loss = (F.cross_entropy(scores, answers) + F.cross_entropy(scores.T, answers)) / 2
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    hits += (scores.argmax(1) == answers).sum().item()
    if step % 500 == 499:
        print(f"step {step + 1}: loss {loss.item():.4f}, top-1 {hits / 500 / 48:.3f}")
        hits = 0
