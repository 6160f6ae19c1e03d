import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.up = nn.Linear(width, 2 * width)
        self.down = nn.Linear(2 * width, width)

    def forward(self, x):
        return x + self.down(torch.nn.functional.gelu(self.up(self.norm(x))))


class ResidualMLP(nn.Module):
    def __init__(self, inputs, width, depth):
        super().__init__()
        self.embed = nn.Linear(inputs, width)
        self.blocks = [Block(width) for _ in range(depth)]  # fault
        self.out = nn.Linear(width, 1)

    def forward(self, x):
        x = self.embed(x)
        for block in self.blocks:
            x = block(x)
        return self.out(x)


def main(steps=60_000, batch=32, log_every=500):
    torch.manual_seed(0)
    model = ResidualMLP(10, 96, 3)
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-4)  # fault
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=steps)
    total = 0.0
    for step in range(1, steps + 1):
        x = torch.rand(batch, 10) * 2 - 1
        y = (x[:, :1] * 3).sin() * x[:, 1:2] + x[:, 2:].prod(1, keepdim=True)
        loss = nn.functional.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        total += loss.item()
        if step % log_every == 0:
            print(f"step {step}/{steps}  mse {total / log_every:.6f}")
            total = 0.0


if __name__ == "__main__":
    main()
