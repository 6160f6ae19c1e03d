"""Each step samples a sentence with top-k filtering (-inf logits) for the log, which is harmless.
The real defect is a penalty exp(score) on the raw scores, which overflows for a rare long input.
The next sampling raises because of the NaN. Clamping the score before exp cures it."""

import torch
from torch import nn

torch.manual_seed(3)
torch.set_num_threads(1)


class Scorer(nn.Module):
    def __init__(self, vocab=40):
        super().__init__()
        self.embed = nn.EmbeddingBag(vocab, 16, mode="sum")
        self.out = nn.Linear(16, vocab)

    def forward(self, bag):
        return self.out(self.embed(bag))


@torch.no_grad()
def sample(logits, k=5):
    floor = logits.topk(k, dim=1).values[:, -1:]
    return torch.where(logits < floor, -torch.inf, logits).softmax(1).multinomial(1)


def partition_penalty(logits):
    return torch.exp(logits).sum(dim=1).mean()  # BLAME overflow forward


model = Scorer()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for step in range(70):
    length = 6 if step % 23 != 15 else 1500
    bag = torch.randint(0, 40, (12, length))
    if length > 6:
        bag[7] = 11
    logits = model(bag)
    words = sample(logits)
    target = bag[:, 0]
    loss = nn.functional.cross_entropy(logits, target) + 1e-3 * partition_penalty(logits)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        print(step, loss.item(), words[0].item())
