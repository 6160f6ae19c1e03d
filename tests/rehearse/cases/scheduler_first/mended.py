import torch
import torch.nn as nn

TOTAL_STEPS = 200_000

torch.manual_seed(3)
net = nn.Sequential(nn.Linear(14, 200), nn.SiLU(), nn.Linear(200, 200), nn.SiLU(), nn.Linear(200, 2))
optimizer = torch.optim.RAdam(net.parameters(), lr=1e-3)
scheduler = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.01, total_iters=TOTAL_STEPS)

for step in range(TOTAL_STEPS):
    x = torch.randn(48, 14)
    target = torch.stack([x[:, :7].norm(dim=1), x[:, 7:].amax(1)], 1)
    loss = nn.functional.huber_loss(net(x), target)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    scheduler.step()
    if step % 1000 == 0:
        print(f"{step:6d}: {loss.item():.4f} (lr {scheduler.get_last_lr()[0]:.1e})")
