"""Audio front-end inside the model: log of mel energies without a floor. One clip is digital
silence, its energies are 0 and the log is -inf, which the next layer turns into NaN. Real bug:
torchaudio and speech recipes add 1e-6 or clamp before the log. Cure: torch.log(mel + 1e-6).
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(44)


class Frontend(nn.Module):
    def __init__(self, n_fft=64, bands=12):
        super().__init__()
        self.n_fft = n_fft
        self.register_buffer("filters", torch.rand(n_fft // 2 + 1, bands))
        self.register_buffer("window", torch.hann_window(n_fft))

    def forward(self, wave):
        frames = wave.unfold(-1, self.n_fft, self.n_fft // 2) * self.window
        power = torch.fft.rfft(frames).abs().pow(2)
        return torch.log(power @ self.filters)  # BLAME log-domain forward


model = nn.Sequential(Frontend(), nn.Linear(12, 16), nn.GELU(), nn.Linear(16, 2))
opt = torch.optim.AdamW(model.parameters(), lr=1e-3)
clips = torch.randn(150, 512) * torch.rand(150, 1)
clips[67] = 0.0
labels = (clips.std(1) > 0.5).long()
for epoch in range(3):
    for lo in range(0, 150, 6):
        logits = model(clips[lo : lo + 6]).mean(1)
        loss = nn.functional.cross_entropy(logits, labels[lo : lo + 6])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
