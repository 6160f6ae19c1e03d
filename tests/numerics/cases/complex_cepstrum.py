"""Complex cepstrum as a training target: torch.log of a complex spectrum in which a frame of
digital silence is exactly 0 gives -inf. Known from speech front ends; adding a small constant to
the spectrum (or skipping silent frames) cures it."""

import torch
from torch import nn

torch.manual_seed(6)
torch.set_num_threads(1)


def cepstrum(frames):
    spectrum = torch.fft.rfft(frames)
    return torch.fft.irfft(torch.log(spectrum).real.to(spectrum.dtype))  # BLAME log-domain forward


class Equaliser(nn.Module):
    def __init__(self):
        super().__init__()
        self.taps = nn.Conv1d(1, 1, 9, padding=4, bias=False)
        nn.init.dirac_(self.taps.weight)

    def forward(self, wave):
        return self.taps(wave[:, None])[:, 0]


speech = torch.randn(300, 64)
speech[151] = 0.0
reference = cepstrum(torch.randn(64, 64)).mean(0)
model = Equaliser()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
step = 0
for epoch in range(5):
    for batch in speech.split(20):
        loss = (cepstrum(model(batch)) - reference).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        step += 1
    print(epoch, step, loss.item())
