"""A shuffled DataLoader half way through its epoch: its iterator holds the sampler's generators."""

import torch
from torch.utils.data import DataLoader, Dataset

torch.set_num_threads(1)
torch.manual_seed(0)


class Squares(Dataset):
    def __init__(self, n):
        self.n = n
        self.fetched = 0

    def __len__(self):
        return self.n

    def __getitem__(self, index):
        self.fetched += 1
        return torch.tensor([index, index**2]), torch.rand(()) + index


data = Squares(23)
loader = DataLoader(data, batch_size=4, shuffle=True, drop_last=True)
total = 0.0
for epoch in range(3):
    for number, (pair, noise) in enumerate(loader):
        total += noise.sum().item()
        print(epoch, number, pair[:, 0].tolist(), total, data.fetched)
        if epoch == 1 and number == 2:
            print("leave early")
            break
    print("epoch", epoch, torch.rand(1).item())
first = iter(loader)
print(next(first)[0].tolist(), next(iter(loader))[0].tolist(), next(first)[0].tolist(), len(loader))
