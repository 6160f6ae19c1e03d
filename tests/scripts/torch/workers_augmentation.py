"""Worker processes whose augmentation draws from every generator there is: Python's, NumPy's,
torch's, one of the dataset's own and one of its module."""

import random

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

torch.set_num_threads(1)
torch.manual_seed(0)
noise = np.random.default_rng(5)


class Augment:
    def __init__(self):
        self.generator = torch.Generator().manual_seed(3)

    def __call__(self, x):
        return x + torch.rand((), generator=self.generator)


class Images(Dataset):
    def __init__(self, n):
        self.n = n
        self.augment = Augment()
        self.own = random.Random(7)

    def __len__(self):
        return self.n

    def __getitem__(self, index):
        x = torch.full((3,), float(index)) + torch.rand(3)
        x[0] += random.random() + self.own.random()
        x[1] += np.random.rand() + noise.random()
        return self.augment(x), index


total = torch.zeros(())
for workers, persistent in ((2, False), (1, True), (4, False)):
    loader = DataLoader(
        Images(20), batch_size=3, shuffle=True, num_workers=workers, persistent_workers=persistent
    )
    for epoch in range(2):
        for step, (x, index) in enumerate(loader):
            total = total + x.sum()
            print(workers, epoch, step, index.tolist(), f"{x.sum():.6f}")
        print("epoch", epoch, f"{total:.6f}", torch.rand(1).item())
