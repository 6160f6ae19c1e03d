"""torch.Generator's of one's own: shared by samplers and layers, states kept and put back, fork_rng around."""

import copy

import torch
from torch import nn
from torch.utils.data import RandomSampler

torch.set_num_threads(1)
torch.manual_seed(3)
own = torch.Generator().manual_seed(11)
shared = {"a": own, "b": [own]}
sampler = RandomSampler(range(6), generator=own)
kept = own.get_state()
clone = own.clone_state()
for step in range(6):
    print(step, torch.rand(1, generator=own).item(), torch.randn(2, generator=shared["b"][0]).tolist())
    print(list(sampler), own.initial_seed(), torch.initial_seed())
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(step)
        print("forked", torch.rand(1).item())
        inside = torch.randint(9, (2,))
        print(inside.tolist())
    print("outside", torch.rand(1).item(), torch.rand(1, generator=clone).item())
    w = nn.init.normal_(torch.empty(2), generator=own)
    print(w.tolist(), torch.multinomial(torch.ones(5), 2, generator=own).tolist(), torch.randperm(4, generator=own).tolist())
    if step == 3:
        own.set_state(kept)
        clone.manual_seed(5)
print(shared["a"] is sampler.generator)
