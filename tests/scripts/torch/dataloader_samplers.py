"""Samplers of many kinds, with generators of their own, batch samplers and a custom generator function."""

import torch
from torch.utils.data import (
    BatchSampler, DataLoader, RandomSampler, Sampler, SequentialSampler, SubsetRandomSampler,
    TensorDataset, WeightedRandomSampler,
)  # fmt: skip

torch.set_num_threads(1)
torch.manual_seed(0)
data = TensorDataset(torch.arange(12), torch.arange(12.0) ** 0.5)


class Spiral(Sampler):
    def __init__(self, n):
        self.n = n
        self.epoch = 0

    def __iter__(self):
        self.epoch += 1
        for k in range(self.n // 2):
            yield k
            yield self.n - 1 - k * self.epoch % self.n

    def __len__(self):
        return self.n


g = torch.Generator().manual_seed(11)
spiral = Spiral(12)
loaders = {
    "replacement": DataLoader(data, 5, sampler=RandomSampler(data, True, 12, generator=g)),
    "weighted": DataLoader(data, 5, sampler=WeightedRandomSampler(torch.arange(1.0, 13.0), 12, generator=g)),
    "subset": DataLoader(data, 2, sampler=SubsetRandomSampler([1, 5, 7, 9, 11], generator=g)),
    "batches": DataLoader(data, batch_sampler=BatchSampler(SequentialSampler(data), 5, False)),
    "spiral": DataLoader(data, 5, sampler=spiral),
    "own generator": DataLoader(data, 5, shuffle=True, generator=g),
    "no batches": DataLoader(data, batch_size=None, sampler=[3, 1, 2]),
}
for epoch in range(2):
    under_way = {name: iter(loader) for name, loader in loaders.items()}
    for turn in range(3):
        for name, batches in under_way.items():
            batch = next(batches, None)
            print(epoch, turn, name, batch and batch[0].tolist(), spiral.epoch)
    print("epoch", epoch, g.get_state().sum().item())
