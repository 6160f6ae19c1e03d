"""Two loaders in a zip, an IterableDataset, random_split, ConcatDataset and a collate function with state."""

import torch
from torch.utils.data import ConcatDataset, DataLoader, IterableDataset, Subset, TensorDataset, random_split

torch.set_num_threads(1)
torch.manual_seed(0)


class Stream(IterableDataset):
    def __init__(self, limit):
        self.limit = limit
        self.position = 0

    def __iter__(self):
        a, b = 0, 1
        while a < self.limit:
            self.position += 1
            yield torch.tensor([a, b])
            a, b = b, a + b


class Pad:
    def __init__(self):
        self.longest = 0

    def __call__(self, samples):
        self.longest = max(self.longest, max(int(s[0]) % 4 for s in samples))
        rows = [torch.cat([s[0].view(1), torch.zeros(int(s[0]) % 4)]) for s in samples]
        return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)


whole = TensorDataset(torch.arange(20.0))
train, test = random_split(whole, [0.75, 0.25], generator=torch.Generator().manual_seed(1))
both = ConcatDataset([test, Subset(whole, [0, 1, 2])])
pad, stream = Pad(), Stream(300)
labelled = DataLoader(train, batch_size=4, shuffle=True, collate_fn=pad)
unlabelled = DataLoader(both, batch_size=3, shuffle=True, collate_fn=lambda rows: torch.stack([r[0] for r in rows]))
flowing = DataLoader(stream, batch_size=2)
for epoch in range(2):
    for number, (a, b, c) in enumerate(zip(labelled, unlabelled, flowing)):
        print(epoch, number, a.tolist(), b.tolist(), c.tolist(), pad.longest, stream.position)
    for c in flowing:
        print("rest", c.tolist(), stream.position)
    print(epoch, sorted(test.indices), torch.rand(1).item())
