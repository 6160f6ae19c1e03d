"""CTC with a transcript that is longer than the number of frames after subsampling: no alignment
exists and the loss is inf. Real bug: https://github.com/ypwhs/captcha_break/issues/29. Cure:
zero_infinity=True, less subsampling, or a filter on the data.
"""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(89)


class Recogniser(nn.Module):
    def __init__(self, classes=6):
        super().__init__()
        self.conv = nn.Conv1d(8, 16, 3, stride=2, padding=1)
        self.rnn = nn.GRU(16, 16, batch_first=True)
        self.out = nn.Linear(16, classes)

    def forward(self, x):
        h, _ = self.rnn(F.relu(self.conv(x)).transpose(1, 2))
        return F.log_softmax(self.out(h), dim=-1).transpose(0, 1)


lengths = torch.randint(2, 5, (150,))
lengths[88] = 11
targets = torch.randint(1, 6, (150, 12))
audio = torch.randn(150, 8, 20)
model = Recogniser()
opt = torch.optim.Adam(model.parameters(), lr=2e-3)
for epoch in range(3):
    for i in range(0, 150, 6):
        logp = model(audio[i : i + 6])
        frames = torch.full((6,), len(logp))
        target, size = targets[i : i + 6], lengths[i : i + 6]
        loss = F.ctc_loss(logp, target, frames, size)  # BLAME bad-target forward
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
