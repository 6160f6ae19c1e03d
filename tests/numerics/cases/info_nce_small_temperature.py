"""InfoNCE written out with exp(similarity / temperature): at a temperature of 0.01 an aligned
pair gives exp(100), which overflows float32. The temperature is annealed. From issues of SimCLR
ports. Cure: F.cross_entropy on the logits.
"""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(131)


def info_nce(a, b, temperature):
    pairs = torch.exp(a @ b.T / temperature)  # BLAME overflow forward
    return -(pairs.diagonal() / pairs.sum(1)).log().mean()


encoder = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 8))
optimizer = torch.optim.Adam(encoder.parameters(), lr=3e-3)
for step in range(75):
    temperature = max(0.5 * 0.85**step, 0.01)
    x = torch.randn(24, 10)
    a = F.normalize(encoder(x + 0.05 * torch.randn_like(x)), dim=1)
    b = F.normalize(encoder(x + 0.05 * torch.randn_like(x)), dim=1)
    loss = info_nce(a, b, temperature)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 15 == 0:
        print(step, loss.item())
