"""`cycle(loader)`: a generator over a loader that is never finished, the loop that counts steps instead of epochs."""

import itertools

import torch
from torch.utils.data import DataLoader, TensorDataset

torch.set_num_threads(1)
torch.manual_seed(0)


def cycle(loader):
    epoch = 0
    while True:
        for batch in loader:
            yield epoch, batch
        epoch += 1


class Trainer:
    def __init__(self, data):
        loader = DataLoader(data, batch_size=3, shuffle=True)
        self.batches = cycle(loader)
        self.validation = itertools.cycle(DataLoader(data, batch_size=7))
        self.step = 0
        self.model = torch.nn.Linear(2, 1)
        self.optimizer = torch.optim.RMSprop(self.model.parameters(), lr=0.01)

    def train(self, steps):
        while self.step < steps:
            for _ in range(2):
                epoch, (x, y) = next(self.batches)
                loss = (self.model(x) - y).square().mean()
                loss.backward()
                print("batch", epoch, x[:, 0].tolist())
            self.optimizer.step()
            self.optimizer.zero_grad()
            self.step += 1
            if self.step % 3 == 0:
                (x, _), *_ = [next(self.validation)]
                print("validation", x[0].tolist(), len(x))
            print("step", self.step, loss.item())


x = torch.arange(20.0).view(10, 2)
Trainer(TensorDataset(x, x.sum(1, keepdim=True))).train(9)
