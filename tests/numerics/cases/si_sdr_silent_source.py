"""Speech separation with the scale-invariant SDR: when one of the speakers is silent in a mixture
the energy of its reference is 0 and the projection is 0 / 0. A standing trap of separation
toolkits (asteroid, speechbrain add an eps); an eps in the projection cures it."""

import torch
from torch import nn

torch.manual_seed(8)
torch.set_num_threads(1)


def si_sdr(estimate, source, eps=1e-8):
    dot = (estimate * source).sum(-1, keepdim=True)
    scale = dot / source.square().sum(-1, keepdim=True)  # BLAME division-by-zero forward
    target = scale * source
    noise = estimate - target
    return 10 * torch.log10(target.square().sum(-1) / (noise.square().sum(-1) + eps) + eps)


class Separator(nn.Module):
    def __init__(self, hidden=16):
        super().__init__()
        self.rnn = nn.GRU(1, hidden, batch_first=True)
        self.out = nn.Linear(hidden, 2)

    def forward(self, mix):
        h, _ = self.rnn(mix[..., None])
        return self.out(h).transpose(1, 2)


def mixtures(step, n=6, length=40):
    sources = torch.randn(n, 2, length).cumsum(-1) * 0.3
    if step % 13 == 12:
        sources[step % n, 1] = 0
    return sources.sum(1), sources


model = Separator()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for step in range(65):
    mix, sources = mixtures(step)
    loss = -si_sdr(model(mix), sources).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
