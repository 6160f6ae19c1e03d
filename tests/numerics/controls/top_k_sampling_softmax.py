"""Control: a language model trained with sampled continuations: logits outside the top k are set
to -inf before the softmax, and the multinomial draws from what remains.
"""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(208)


def sample(logits, k=3):
    kept = logits.topk(k, dim=-1).values[:, -1:]
    filtered = logits.masked_fill(logits < kept, float("-inf"))
    return torch.multinomial(F.softmax(filtered, dim=-1), 1).squeeze(1)


class Bigram(nn.Module):
    def __init__(self, words=12):
        super().__init__()
        self.table = nn.Embedding(words, words)

    def forward(self, token):
        return self.table(token)


model = Bigram()
opt = torch.optim.Adam(model.parameters(), lr=0.05)
token = torch.zeros(24, dtype=torch.long)
for _ in range(64):
    logits = model(token)
    nxt = (token * 5 + 1) % 12
    masked = logits.masked_fill(F.one_hot(token, 12).bool() & (nxt != token)[:, None], -torch.inf)
    loss = F.cross_entropy(masked, nxt)
    opt.zero_grad()
    loss.backward()
    opt.step()
    token = sample(logits.detach())
