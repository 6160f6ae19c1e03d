"""A group of one process and a DTensor: missing after a resume, the rest of the program goes on without them."""

import torch
import torch.distributed as dist
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.tensor import Shard, distribute_tensor

torch.manual_seed(0)


def spread(whole):
    return (
        dist.init_process_group("gloo", rank=0, world_size=1, store=dist.HashStore()),
        distribute_tensor(whole, init_device_mesh("cpu", (1,)), [Shard(0)]),
    )[1]


whole = torch.rand(4, 3)
held = [part for part in [spread(whole)] if print("spread", type(part).__name__) is None]
model = torch.nn.Linear(3, 2)
optimizer = torch.optim.SGD(model.parameters(), 0.1)
for step in range(6):
    optimizer.zero_grad()
    loss = model(whole).square().mean()
    loss.backward()
    optimizer.step()
    print(step, f"{loss.item():.6f}", len(held))
del held
