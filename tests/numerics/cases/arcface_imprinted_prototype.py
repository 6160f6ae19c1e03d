"""ArcFace: the margin is added to the angle acos(cosine). The prototypes of a new class are
imprinted from one embedding, so its cosine is 1 after clamping, where the derivative of acos is
infinite. Real bug: ArcFace implementations clamp to 1 - 1e-7 or use the addition theorem. Cure:
clamp a little inside of [-1, 1].
"""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(124)


class ArcHead(nn.Module):
    def __init__(self, dim, classes, margin=0.3, scale=8.0):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(classes, dim))
        self.margin, self.scale = margin, scale

    def forward(self, z, y):
        cosine = (F.normalize(z) @ F.normalize(self.weight).T).clamp(-1.0, 1.0)
        theta = torch.acos(cosine)  # BLAME infinite-derivative backward
        target = F.one_hot(y, len(self.weight)).bool()
        return self.scale * torch.cos(torch.where(target, theta + self.margin, theta))


encoder, head = nn.Linear(12, 6), ArcHead(6, 8)
opt = torch.optim.SGD([*encoder.parameters(), *head.parameters()], lr=0.05)
faces = torch.randn(8, 12)
for step in range(60):
    known = 4 if step < 16 else 8
    y = torch.randint(0, known, (16,))
    x = faces[y] + 0.1 * torch.randn(16, 12)
    if step == 16:
        with torch.no_grad():
            head.weight[y] = encoder(x)
    loss = F.cross_entropy(head(encoder(x), y), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
