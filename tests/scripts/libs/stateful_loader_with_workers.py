"""torchdata's StatefulDataLoader with workers: augmentation, a dataset and an iterable that say their state."""

import random

import numpy as np
import torch
from torch.utils.data import Dataset, IterableDataset, get_worker_info
from torchdata.stateful_dataloader import StatefulDataLoader

torch.set_num_threads(1)
torch.manual_seed(0)


class Noisy(Dataset):
    def __len__(self):
        return 8

    def __getitem__(self, index):
        return index + torch.rand(1).item() / 4 + random.random() / 4 + np.random.rand() / 4


class Counting(Noisy):
    seen = 0

    def __getitem__(self, index):
        self.seen += 1
        return super().__getitem__(index) + 100 * self.seen

    def state_dict(self):
        return {"seen": self.seen, "more": {"twice": 2 * self.seen}}

    def load_state_dict(self, state):
        self.seen = state["seen"]


class Stream(IterableDataset):
    def __init__(self, lengths):
        self.lengths, self.position = lengths, 0

    def __iter__(self):
        info = get_worker_info()
        while self.position < self.lengths[info.id]:
            self.position += 1
            yield 100 * info.id + self.position + random.random() / 2
        self.position = 0

    def state_dict(self):
        return {"position": self.position}

    def load_state_dict(self, state):
        self.position = state["position"]


class Plain(IterableDataset):
    def __iter__(self):
        info = get_worker_info()
        for k in range(info.id, 9, info.num_workers):
            yield k + random.random() / 2


def show(*values):
    print(*([f"{x:.5f}" for x in v.tolist()] if isinstance(v, torch.Tensor) else v for v in values))


loaders = {
    "noisy": StatefulDataLoader(Noisy(), batch_size=2, shuffle=True, num_workers=2),
    "counting": StatefulDataLoader(
        Counting(), batch_size=3, num_workers=1, persistent_workers=True, shuffle=True
    ),
    "stream": StatefulDataLoader(Stream([7, 3]), batch_size=2, num_workers=2),
    "plain": StatefulDataLoader(Plain(), batch_size=2, num_workers=1, persistent_workers=True),
}
kept = {}
for name, loader in loaders.items():
    for epoch in range(1 + loader.persistent_workers):
        for number, batch in enumerate(loader):
            show(name, epoch, number, batch)
            if number == 1:
                kept[name] = loader.state_dict()
        print(name, epoch, "drawn", torch.rand(1).item())
loaders["counting"].load_state_dict(kept["counting"])
for batch in loaders["counting"]:
    show("counting again", batch)
del loaders, loader, kept
