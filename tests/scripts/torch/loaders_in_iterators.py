"""cycle, zip, islice, enumerate and chain over loaders, and iterators that are kept and asked for one batch at a time."""

import itertools

import torch
from torch.utils.data import DataLoader, TensorDataset

torch.set_num_threads(1)
torch.manual_seed(0)
labelled = DataLoader(TensorDataset(torch.arange(8)), batch_size=3, shuffle=True)
unlabelled = DataLoader(TensorDataset(torch.arange(100, 110)), batch_size=2, shuffle=True, generator=torch.Generator().manual_seed(1))
endless = itertools.cycle(unlabelled)
renewed = itertools.chain.from_iterable(itertools.repeat(labelled))
kept = iter(unlabelled)
for epoch in range(3):
    for number, ((a,), (b,)) in enumerate(zip(labelled, endless)):
        print(epoch, number, a.tolist(), b.tolist())
    for (x,) in itertools.islice(renewed, 2):
        print(epoch, "renewed", x.tolist())
    try:
        print("kept", next(kept))
        print("kept", next(kept))
    except StopIteration:
        kept = iter(unlabelled)
        print("anew")
    for a, b in itertools.zip_longest(labelled, unlabelled):
        print("longest", a, b)
for (x,), k in zip(reversed(list(labelled)), itertools.count(10, -1)):
    print(x.tolist(), k)
