"""Hard triplet mining with inf as the filler of the minimum: an anchor with neither a positive
nor a negative partner in the batch gets inf from both, and inf - inf is NaN. From issues of
metric-learning repositories. Cure: skip anchors without partners.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(83)


def easy_positive_loss(emb, labels, margin=0.3):
    dist = torch.cdist(emb, emb)
    eye = torch.eye(len(emb), dtype=torch.bool)
    same = labels[:, None] == labels
    pos = dist.masked_fill(~same | eye, float("inf")).amin(1)
    neg = dist.masked_fill(same, float("inf")).amin(1)
    gap = pos - neg  # BLAME inf-minus-inf forward
    return torch.relu(gap + margin).clamp(max=10.0).mean()


model = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 4))
opt = torch.optim.RMSprop(model.parameters(), lr=1e-3)
for step in range(60):
    people = 4 if step % 16 != 10 else 1
    labels = torch.arange(people).repeat_interleave(3 if people > 1 else 1)
    x = torch.randn(people, 5)[labels] + 0.3 * torch.randn(len(labels), 5)
    loss = easy_positive_loss(model(x), labels)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 20 == 0:
        print(step, loss.item())
