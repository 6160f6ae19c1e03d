"""A TorchFunctionMode, a TorchDispatchMode and a FlopCounterMode that are entered at the savepoint."""

import torch
from torch import nn
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

torch.set_num_threads(1)
torch.manual_seed(0)


class Counting(TorchFunctionMode):
    def __init__(self):
        super().__init__()
        self.count = 0

    def __torch_function__(self, func, types, args=(), kwargs=None):
        self.count += 1
        return func(*args, **(kwargs or {}))


class Watching(TorchDispatchMode):
    def __init__(self):
        super().__init__()
        self.names = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.names.append(func._schema.name.rpartition("::")[2])
        return func(*args, **(kwargs or {}))


model = nn.Linear(3, 2)
counting = Counting()
for epoch in range(2):
    with counting:
        for step in range(3):
            out = model(torch.randn(2, 3)).detach().sum().item()
            print(epoch, step, out, counting.count)
    print("between", counting.count)
    with Watching() as watching:
        for step in range(3):
            out = model(torch.ones(2, 3)).detach().sum().item()
            print(epoch, step, out, len(watching.names))
    print(sorted(set(watching.names)))
    with FlopCounterMode(display=False) as flops:
        for step in range(3):
            out = model(torch.ones(4, 3)).detach().sum().item()
            print(epoch, step, out)
    print(flops.get_total_flops())
