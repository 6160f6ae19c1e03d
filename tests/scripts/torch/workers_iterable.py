"""IterableDatasets in workers: shards, a shuffle buffer, persistent workers, drop_last."""

import random

import torch
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

torch.set_num_threads(1)
torch.manual_seed(0)


class Shards(IterableDataset):
    def __init__(self, lengths):
        self.lengths = lengths

    def __iter__(self):
        info = get_worker_info()
        for shard in range(info.id, len(self.lengths), info.num_workers):
            for k in range(self.lengths[shard]):
                yield shard * 100 + k + random.random() / 2


class Shuffled(IterableDataset):
    def __init__(self, source, size):
        self.source = source
        self.size = size

    def __iter__(self):
        held = []
        for item in self.source:
            held.append(item)
            if len(held) >= self.size:
                yield held.pop(torch.randint(len(held), ()).item())
        random.shuffle(held)
        yield from held


for workers, persistent in ((2, True), (1, False)):
    loader = DataLoader(
        Shuffled(Shards([9, 9, 4, 4]), 4), batch_size=2, num_workers=workers, persistent_workers=persistent,
    )
    for epoch in range(2):
        seen = 0
        for batch in loader:
            seen += len(batch)
            print(workers, epoch, [f"{x:.6f}" for x in batch.tolist()])
        print("epoch", epoch, seen)
