"""Speech recogniser whose strided convolutions leave a quarter of the frames: an utterance spoken
fast has more characters than frames are left, its CTC loss is inf and the gradient NaN. Frequent
with short clips; less striding, dropping such clips or zero_infinity=True cures it."""

import torch
from torch import nn

torch.manual_seed(9)
torch.set_num_threads(1)


class Recogniser(nn.Module):
    def __init__(self, characters=12):
        super().__init__()
        self.front = nn.Sequential(
            nn.Conv1d(8, 16, 5, stride=2, padding=2),
            nn.ReLU(),
            nn.Conv1d(16, 16, 5, stride=2, padding=2),
            nn.ReLU(),
        )
        self.head = nn.Linear(16, characters + 1)

    def forward(self, frames):
        h = self.front(frames.transpose(1, 2))
        return self.head(h.permute(2, 0, 1)).log_softmax(-1)


model = Recogniser()
criterion = nn.CTCLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for step in range(60):
    frames = torch.randn(6, 60, 8)
    frame_lengths = torch.randint(40, 61, (6,))
    text_lengths = torch.randint(2, 5, (6,))
    if step % 21 == 16:
        text_lengths[4] = 17
    text = torch.randint(1, 13, (6, 17))
    logp = model(frames)
    loss = criterion(logp, text, frame_lengths // 4, text_lengths)  # BLAME bad-target forward
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        print(step, loss.item())
