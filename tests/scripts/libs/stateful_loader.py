"""torchdata's StatefulDataLoader in this process: in mid-epoch, its state taken and put back, stateful samplers."""

import torch
from torch.utils.data import Dataset, IterableDataset, Sampler
from torchdata.stateful_dataloader import StatefulDataLoader

torch.set_num_threads(1)
torch.manual_seed(0)


class Noisy(Dataset):
    def __len__(self):
        return 10

    def __getitem__(self, index):
        return index + torch.rand(1).item() / 10


class Stream(IterableDataset):
    def __init__(self):
        self.position = 0

    def __iter__(self):
        while self.position < 9:
            self.position += 1
            yield self.position

    def state_dict(self):
        return {"position": self.position}

    def load_state_dict(self, state):
        self.position = state["position"]


class Order(Sampler):
    def __init__(self):
        self.generator, self.position = torch.Generator().manual_seed(4), 0

    def __iter__(self):
        for index in torch.randperm(10, generator=self.generator).tolist()[self.position :]:
            self.position += 1
            yield index
        self.position = 0

    def __len__(self):
        return 10

    def state_dict(self):
        return {"position": self.position}

    def load_state_dict(self, state):
        self.position = state["position"]


shuffled = StatefulDataLoader(Noisy(), batch_size=3, shuffle=True)
ordered = StatefulDataLoader(Noisy(), batch_size=4, sampler=Order())
stream = StatefulDataLoader(Stream(), batch_size=2)
kept = None
for epoch in range(2):
    for number, batch in enumerate(shuffled):
        print(epoch, number, batch.tolist())
        if number == 1 and epoch == 0:
            kept = shuffled.state_dict()
            print(sorted(kept))
    for batch in ordered:
        print(epoch, "ordered", batch.tolist(), ordered.sampler.position)
    for batch in stream:
        print(epoch, "stream", batch.tolist(), stream.state_dict()["_num_yielded"])
    stream.dataset.position = 0
again = StatefulDataLoader(Noisy(), batch_size=3, shuffle=True)
again.load_state_dict(kept)
for batch in again:
    print("again", batch.tolist())
