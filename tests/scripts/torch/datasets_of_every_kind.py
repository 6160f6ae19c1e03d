"""random_split, Subset, Concat, Chain and Stack datasets; iterable ones whose generators are under way."""

import itertools
import random

import torch
from torch.utils import data

torch.set_num_threads(1)
torch.manual_seed(0)


class Squares(data.Dataset):
    def __init__(self, n):
        self.n, self.reads = n, 0

    def __len__(self):
        return self.n

    def __getitem__(self, index):
        self.reads += 1
        return torch.tensor(float(index**2)) + random.random() / 10


class Stream(data.IterableDataset):
    def __init__(self, start, stop):
        self.start, self.stop, self.passes = start, stop, 0

    def __iter__(self):
        self.passes += 1
        buffer = []
        for value in range(self.start, self.stop):
            buffer.append(value)
            if len(buffer) > 2:
                yield buffer.pop(random.randrange(3)) + self.passes / 10
        yield from buffer


class Endless(data.IterableDataset):
    def __iter__(self):
        return map(float, itertools.count())


random.seed(3)
whole = Squares(10)
train, valid = data.random_split(whole, [0.7, 0.3], generator=torch.Generator().manual_seed(2))
joined = data.ConcatDataset([train, Squares(2), data.Subset(whole, [0, 9])])
stacked = data.StackDataset(a=whole, b=Squares(10))
chained = data.ChainDataset([Stream(0, 5), Stream(100, 103)])
shuffled = data.DataLoader(joined, batch_size=3, shuffle=True, collate_fn=lambda batch: sorted(t.item() for t in batch))
for epoch in range(2):
    for batch in shuffled:
        print(epoch, batch, whole.reads)
    for batch in data.DataLoader(chained, batch_size=2):
        print(epoch, "chained", batch.tolist())
    for batch in data.DataLoader(stacked, batch_size=5):
        print(epoch, batch["a"].sum().item(), batch["b"].sum().item())
    for number, value in enumerate(data.DataLoader(Endless(), batch_size=None)):
        if number == 3:
            break
        print(epoch, "endless", value)
print(len(train), len(valid), joined.cumulative_sizes, [s.passes for s in chained.datasets])
