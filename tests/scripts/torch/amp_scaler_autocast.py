"""GradScaler on the CPU (scale and growth counters) and autocast to bfloat16 with a point inside the with."""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.GELU(), nn.Linear(8, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
scaler = torch.amp.GradScaler("cpu", init_scale=1024.0, growth_interval=2)
for step in range(7):
    x = torch.randn(8, 4)
    optimizer.zero_grad()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        hidden = model[0](x)
        print("inside", step, hidden.dtype, torch.is_autocast_enabled("cpu"))
        with torch.autocast("cpu", enabled=False):
            print("off", torch.is_autocast_enabled("cpu"), model[0](x).dtype)
        output = model[2](model[1](hidden))
        loss = output.float().square().mean()
    if step == 3:
        loss = loss * float("inf")
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    scaler.step(optimizer)
    scaler.update()
    print(step, loss.item(), norm.item(), scaler.get_scale(), torch.is_autocast_enabled("cpu"))
print(scaler.state_dict())
