"""Hand-written attention with a key padding mask of -inf: one review in the corpus is empty, its
row of scores is all -inf and softmax gives NaN. Real bug:
https://github.com/pytorch/pytorch/issues/41508. Cure: drop empty items, or keep one position
unmasked.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(80)


class Pooler(nn.Module):
    def __init__(self, words=40, dim=16):
        super().__init__()
        self.embed = nn.Embedding(words, dim)
        self.score = nn.Linear(dim, 1)
        self.out = nn.Linear(dim, 2)

    def forward(self, tokens, pad):
        e = self.embed(tokens)
        s = self.score(e).squeeze(-1).masked_fill(pad, float("-inf"))
        weights = torch.softmax(s, dim=-1)  # BLAME all-masked forward
        return self.out((weights.unsqueeze(-1) * e).sum(1))


reviews = [torch.randint(0, 40, (int(n),)) for n in torch.randint(1, 12, (160,))]
reviews[75] = reviews[75][:0]
labels = torch.randint(0, 2, (160,))
model = Pooler()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(4):
    for i in range(0, 160, 8):
        chunk = reviews[i : i + 8]
        lengths = torch.tensor([len(r) for r in chunk])
        tokens = nn.utils.rnn.pad_sequence(chunk, batch_first=True)
        pad = torch.arange(tokens.size(1)) >= lengths[:, None]
        loss = nn.functional.cross_entropy(model(tokens, pad), labels[i : i + 8])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
