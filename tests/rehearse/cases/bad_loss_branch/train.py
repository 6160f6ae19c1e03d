import torch
import torch.nn as nn

STEPS = 200_000
torch.manual_seed(99)


def stream(batch_size):
    while True:
        x = torch.rand(batch_size, 12) * 4 - 2
        y = torch.exp(x[:, :1]) * torch.cos(x[:, 1:2]) + x[:, 2:].pow(2).mean(1, keepdim=True)
        yield x, y


model = nn.Sequential(nn.Linear(12, 160), nn.Tanh(), nn.Linear(160, 160), nn.Tanh(), nn.Linear(160, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=5e-4)
skipped = 0
average = None

for step, (x, y) in zip(range(STEPS), stream(64)):
    loss = (model(x) - y).square().mean()
    if not torch.isfinite(loss):
        skipped += 1
        print(f"step {step}: loss {loss_value} is not finite, batch skipped ({skipped} so far)")  # fault
        continue
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 10.0)
    optimizer.step()
    average = loss.item() if average is None else 0.99 * average + 0.01 * loss.item()
    if step % 500 == 0:
        print(f"step {step}: loss {average:.5f}")
