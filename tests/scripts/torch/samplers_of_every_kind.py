"""Every sampler of torch.utils.data and some of one's own, in the middle of a pass, with generators of their own."""

import random

import torch
from torch.utils import data

torch.set_num_threads(1)
torch.manual_seed(0)


class Bucketed(data.Sampler):
    """Batches of items of like length, in an order drawn from a generator that it keeps."""

    def __init__(self, lengths, size, seed):
        self.lengths, self.size = lengths, size
        self.generator = torch.Generator().manual_seed(seed)
        self.rng = random.Random(seed)

    def __iter__(self):
        order = sorted(range(len(self.lengths)), key=self.lengths.__getitem__)
        batches = [order[k : k + self.size] for k in range(0, len(order), self.size)]
        for k in torch.randperm(len(batches), generator=self.generator).tolist():
            self.rng.shuffle(batches[k])
            yield batches[k]

    def __len__(self):
        return -(-len(self.lengths) // self.size)


class Resumable(data.Sampler):
    def __init__(self, n):
        self.n, self.position, self.epoch = n, 0, 0

    def __iter__(self):
        generator = torch.Generator().manual_seed(self.epoch)
        for index in torch.randperm(self.n, generator=generator).tolist()[self.position :]:
            self.position += 1
            yield index
        self.position, self.epoch = 0, self.epoch + 1


items = data.TensorDataset(torch.arange(12.0), torch.arange(12) % 3)
generator = torch.Generator().manual_seed(5)
resumable = Resumable(12)
samplers = {
    "random": data.RandomSampler(items, generator=generator),
    "replaced": data.RandomSampler(items, replacement=True, num_samples=7),
    "weighted": data.WeightedRandomSampler(torch.arange(1.0, 13.0), 6, generator=generator),
    "subset": data.SubsetRandomSampler([1, 5, 7, 9], generator=generator),
    "sequential": data.SequentialSampler(items),
    "distributed": data.DistributedSampler(items, num_replicas=2, rank=1, seed=4),
    "resumable": resumable,
}
batched = data.DataLoader(items, batch_sampler=Bucketed([3, 1, 2] * 4, 3, 9))
for epoch in range(2):
    samplers["distributed"].set_epoch(epoch)
    for name, sampler in samplers.items():
        loader = data.DataLoader(items, batch_size=4, sampler=sampler, drop_last=name == "random")
        for x, label in loader:
            print(epoch, name, x.tolist(), label.tolist(), resumable.position)
    for x, _ in batched:
        print(epoch, "batched", x.tolist())
    for batch in data.BatchSampler(samplers["random"], 5, False):
        print(batch)
