"""Instruction tuning with gradient accumulation: each micro-batch's loss is summed over the
answer tokens and divided by their number, and a micro-batch whose answers were all truncated has
none: a mean over nothing, 0 / 0. Known from fine-tuning scripts; dividing by max(count, 1) cures
it."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(7)
torch.set_num_threads(1)


class TinyLM(nn.Module):
    def __init__(self, vocab=20, width=16):
        super().__init__()
        self.embed = nn.Embedding(vocab, width)
        self.mix = nn.GRU(width, width, batch_first=True)
        self.head = nn.Linear(width, vocab)

    def forward(self, ids):
        return self.head(self.mix(self.embed(ids))[0])


def answer_loss(logits, targets, answer_mask):
    nll = F.cross_entropy(logits.transpose(1, 2), targets, reduction="none")
    return (nll * answer_mask).sum() / answer_mask.sum()  # BLAME empty-mean forward


model = TinyLM()
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
max_length = 16
for micro in range(240):
    ids = torch.randint(0, 20, (2, max_length + 1))
    prompt = torch.randint(4, 10, (2, 1)) if micro != 50 else torch.tensor([[16], [18]])
    answer_mask = (torch.arange(max_length) >= prompt).float()
    loss = answer_loss(model(ids[:, :-1]), ids[:, 1:], answer_mask) / 4
    loss.backward()
    if micro % 4 == 3:
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
print(loss.item())
