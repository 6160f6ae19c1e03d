"""Vocoder trained on spectral magnitudes written as sqrt(re ** 2 + im ** 2): frames of zero
padding have a spectrum of exactly 0 and the root's derivative there is infinite. Parallel WaveGAN
clamps the power at 1e-7 for this reason; that, or the complex abs(), cures it."""

import torch
from torch import nn

torch.manual_seed(13)
torch.set_num_threads(1)


def magnitude(wave):
    frames = wave.unfold(1, 16, 8) * torch.hann_window(16)
    spec = torch.fft.rfft(frames)
    power = spec.real**2 + spec.imag**2
    return power**0.5  # BLAME infinite-derivative backward


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Conv1d(1, 8, 7, padding=3), nn.Tanh(), nn.Conv1d(8, 1, 1))

    def forward(self, x, lengths):
        keep = torch.arange(x.shape[1]) < lengths[:, None]
        return self.net(x[:, None])[:, 0] * keep


generator = Generator()
optimizer = torch.optim.AdamW(generator.parameters(), lr=1e-3, betas=(0.5, 0.9))
for step in range(60):
    wave = torch.sin(torch.rand(4, 1) * torch.arange(96.0))
    shortest = 96 if step < 11 else 60
    lengths = torch.randint(shortest, 97, (4,))
    target = magnitude(wave)
    loss = (magnitude(generator(wave, lengths)) - target).abs().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        print(step, loss.item())
