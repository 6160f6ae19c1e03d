"""autocast as a decorator, as a manager that is kept and entered by hand, nested, and in a generator."""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)


@torch.autocast("cpu", dtype=torch.bfloat16)
def evaluate(x):
    total = 0.0
    with torch.no_grad():
        for part in x.split(2):
            out = model(part)
            print("evaluate", out.dtype, torch.is_autocast_enabled("cpu"))
            total += out.float().sum().item()
    return total


def batches(x):
    with torch.autocast("cpu", torch.bfloat16):
        for row in x:
            yield model[0](row)


class Scale(torch.autograd.Function):
    @staticmethod
    @torch.amp.custom_fwd(device_type="cpu", cast_inputs=torch.float32)
    def forward(ctx, x):
        return x * 2

    @staticmethod
    @torch.amp.custom_bwd(device_type="cpu")
    def backward(ctx, gradient):
        return gradient * 2


manager = torch.autocast("cpu", dtype=torch.bfloat16, cache_enabled=False)
x = torch.randn(6, 4)
for epoch in range(3):
    print(epoch, evaluate(x))
    manager.__enter__()
    inside = model(x)
    print(inside.dtype, torch.is_autocast_cache_enabled())
    loss = Scale.apply(inside).square().mean()
    print(loss.dtype)
    loss.backward()
    manager.__exit__(None, None, None)
    print(torch.is_autocast_enabled("cpu"), torch.is_autocast_cache_enabled(), loss.item())
    optimizer.step()
    optimizer.zero_grad()
    with torch.no_grad():
        for hidden in batches(x[:3]):
            print(hidden.dtype, hidden.sum().item(), torch.is_autocast_enabled("cpu"))
    with torch.autocast("cpu", dtype=torch.bfloat16), torch.no_grad():
        with torch.autocast("cpu", enabled=False):
            print(model(x).dtype)
        print(model(x).dtype, torch.get_autocast_dtype("cpu"))
