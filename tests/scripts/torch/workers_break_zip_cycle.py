"""Passes that are left early, two loaders with workers in a zip, one that never ends, a sampler
with state, a batch_sampler, a worker_init_fn and a collate function."""

import itertools

import torch
from torch.utils.data import BatchSampler, DataLoader, Sampler, TensorDataset, get_worker_info

torch.set_num_threads(1)
torch.manual_seed(0)
data = TensorDataset(torch.arange(14), torch.arange(14.0) ** 0.5)


class Spiral(Sampler):
    def __init__(self, n):
        self.n = n
        self.turns = 0

    def __iter__(self):
        self.turns += 1
        for k in range(self.n // 2):
            yield (k + self.turns) % self.n
            yield self.n - 1 - k

    def __len__(self):
        return self.n // 2 * 2


def start(worker):
    torch.manual_seed(100 + worker)


def collate(items):
    index, value = zip(*items)
    return torch.stack(index), torch.stack(value) + torch.rand(()), get_worker_info().id


first = DataLoader(data, batch_sampler=BatchSampler(Spiral(14), 4, False), num_workers=2, collate_fn=collate)
second = DataLoader(data, 3, shuffle=True, num_workers=1, worker_init_fn=start, prefetch_factor=3)
for turn in range(2):
    for (index, value, worker), (other, root) in zip(first, second):
        print(turn, worker, index.tolist(), f"{value.sum():.5f}", other.tolist(), f"{root.sum():.5f}")
        if turn == 0 and 6 in index:
            break
endless = itertools.cycle(second)
for step, (index, _) in zip(range(12), endless):
    print(step, index.tolist())
