"""Speaker embeddings with a within-speaker variance, the unbiased one by hand: a speaker with a
single utterance in the batch gives sum / (1 - 1) = 0 / 0. From class-wise statistics in metric
learning; the biased variance, or leaving out speakers with one sample, cures it."""

import torch
from torch import nn

torch.manual_seed(8)
torch.set_num_threads(1)


class SpeakerNet(nn.Module):
    def __init__(self, speakers):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 8))
        self.classify = nn.Linear(8, speakers)

    def forward(self, x):
        e = self.body(x)
        return e, self.classify(e)


def scatter_within(embedding, speaker):
    spread = []
    for s in speaker.unique():
        group = embedding[speaker == s]
        deviation = (group - group.mean(0)).square().sum(0)
        freedom = torch.tensor(len(group) - 1)
        spread.append((deviation / freedom).mean())  # BLAME one-sample forward
    return torch.stack(spread).mean()


model = SpeakerNet(4)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
voices = torch.randn(4, 20)
for step in range(70):
    speaker = torch.arange(16) % 4
    if step % 30 == 19:
        speaker[speaker == 2] = 1
        speaker[0] = 2
    x = voices[speaker] + 0.5 * torch.randn(16, 20)
    embedding, logits = model(x)
    loss = nn.functional.cross_entropy(logits, speaker) + scatter_within(embedding, speaker)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
