"""Softmax temperature annealed linearly to 0: at the end of the schedule logits / 0 is infinite
and softmax of infinities is NaN. From threads on Gumbel-softmax annealing. Cure: a floor for the
temperature.
"""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(53)


class SoftQuantizer(nn.Module):
    def __init__(self, codes=8, dim=4):
        super().__init__()
        self.book = nn.Parameter(torch.randn(codes, dim))
        self.register_buffer("temperature", torch.tensor(1.0))

    def forward(self, z):
        score = -torch.cdist(z, self.book)
        assign = F.softmax(score / self.temperature, dim=-1)  # BLAME division-by-zero forward
        return assign @ self.book


quantizer = SoftQuantizer()
encoder, decoder = nn.Linear(10, 4), nn.Linear(4, 10)
modules = nn.ModuleList([quantizer, encoder, decoder])
opt = torch.optim.Adam(modules.parameters(), lr=3e-3)
anneal = 25
for step in range(70):
    quantizer.temperature.fill_(max(1.0 - step / anneal, 0.0))
    x = torch.randn(32, 10)
    loss = F.mse_loss(decoder(quantizer(encoder(x))), x)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 10 == 0:
        print(step, loss.item())
