"""Keyword spotting: the probability of a word is the product of its frames' probabilities, taken
in float16: for long words the product underflows to 0 (about 1e-9 in float32) and its logarithm
is -inf. The logarithm is blamed as the consumer; a sum of log_softmax cures it."""

import torch
from torch import nn

torch.manual_seed(12)
torch.set_num_threads(1)


class Spotter(nn.Module):
    def __init__(self, phones=8):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(10, 32), nn.Tanh(), nn.Linear(32, phones))

    def forward(self, frames, phones):
        prob = self.net(frames).softmax(-1).half()
        return prob.gather(2, phones[..., None]).squeeze(2)


def word_loss(frame_probs):
    word = frame_probs.prod(dim=1)
    return -torch.log(word).float().mean()  # BLAME half-underflow forward


model = Spotter()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
for step in range(60):
    length = 4 if step < 7 else 10
    phones = torch.randint(0, 8, (12, length))
    frames = torch.randn(12, length, 10) + nn.functional.one_hot(phones, 10)
    loss = word_loss(model(frames, phones))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        print(step, loss.item())
