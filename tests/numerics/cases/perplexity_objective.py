"""Language model trained on perplexity, exp(cross entropy), whose logits are sharpened in a
second stage: a surprising sentence has a cross entropy over 89 and the exponential overflows. A
recurring mistake; training on the cross entropy and reporting its exponential cures it."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(4)
torch.set_num_threads(1)

VOCAB = 30


class CharLM(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(VOCAB, 16)
        self.rnn = nn.LSTM(16, 24, batch_first=True)
        self.head = nn.Linear(24, VOCAB)

    def forward(self, tokens, sharpness):
        h, _ = self.rnn(self.embed(tokens))
        return self.head(h) * sharpness


def perplexity(logits, targets):
    nll = F.cross_entropy(logits.transpose(1, 2), targets, reduction="none").mean(1)
    return torch.exp(nll).mean()  # BLAME overflow forward


model = CharLM()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-2)
for step in range(70):
    text = (torch.arange(13) + torch.randint(0, VOCAB, (16, 1))) % VOCAB
    typo = torch.rand(16, 13) < 0.3
    text = torch.where(typo, torch.randint(0, VOCAB, (16, 13)), text)
    sharpness = 1.0 if step < 25 else 60.0
    loss = perplexity(model(text[:, :-1], sharpness), text[:, 1:])
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_value_(model.parameters(), 1.0)
    optimizer.step()
    if step % 10 == 0:
        print(step, loss.item())
