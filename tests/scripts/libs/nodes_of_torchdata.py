"""torchdata.nodes: a pipeline of nodes in one process, batched, mapped and mixed, in mid-epoch."""

import torch
from torch.utils.data import RandomSampler
from torchdata import nodes

torch.set_num_threads(1)
torch.manual_seed(0)
source = nodes.SamplerWrapper(RandomSampler(range(10)))
doubled = nodes.Mapper(nodes.Batcher(source, 3, drop_last=False), lambda batch: [2 * k for k in batch])
loader = nodes.Loader(doubled)
mixed = nodes.MultiNodeWeightedSampler(
    {"a": nodes.IterableWrapper(range(5)), "b": nodes.IterableWrapper(range(100, 110))}, {"a": 0.3, "b": 0.7}, seed=2
)
other = nodes.Loader(nodes.Batcher(mixed, 2), restart_on_stop_iteration=True)
for epoch in range(3):
    for number, batch in enumerate(loader):
        print(epoch, number, batch)
    for batch in other:
        print(epoch, "mixed", batch)
    print(sorted(loader.state_dict()))
