"""Mixed precision with a static loss scale: the loss is multiplied by 65536 in float32, the body
of the model runs in float16. Gradients are computed in float16 there and overflow; nothing checks
for infinite gradients before the step. Cure: a GradScaler that lowers the scale and skips the
step, or a smaller scale.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(69)

SCALE = 65536.0
body = nn.Sequential(nn.Linear(8, 16), nn.ReLU()).half()
head = nn.Linear(16, 1)
optimizer = torch.optim.SGD([*body.parameters(), *head.parameters()], lr=1e-2)


def forward(x):
    h = body(x.half())  # BLAME half-overflow backward
    out = head(h.float())
    return out.squeeze(1)


for step in range(70):
    x = torch.randn(32, 8)
    y = x[:, 0] * 2
    if step % 23 == 22:
        y[5] = 400.0
    loss = ((forward(x) - y) ** 2).mean()
    optimizer.zero_grad()
    (loss * SCALE).backward()
    for p in [*body.parameters(), *head.parameters()]:
        p.grad /= SCALE
    optimizer.step()
    if step % 20 == 0:
        print(step, loss.item())
