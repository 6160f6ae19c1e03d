import argparse
import os
import torch
import torch.nn as nn

p = argparse.ArgumentParser()
p.add_argument("--lr", type=float, default=1e-3)
p.add_argument("--steps", type=int, default=25000)
p.add_argument("--width", type=int, default=128)
p.add_argument("--resume", metavar="PATH", help="a checkpoint to go on from")
args = p.parse_args()

torch.manual_seed(123)
os.makedirs("saved", exist_ok=True)


class Recurrent(nn.Module):
    """Adds two marked numbers of a long sequence."""

    def __init__(self, width):
        super().__init__()
        self.rnn = nn.GRU(2, width, batch_first=True)
        self.out = nn.Linear(width, 1)

    def forward(self, x):
        return self.out(self.rnn(x)[0][:, -1]).squeeze(-1)


def adding(n=16, length=30):
    values, marks = torch.rand(n, length), torch.zeros(n, length)
    first = torch.randint(0, length // 2, (n,))
    second = torch.randint(length // 2, length, (n,))
    rows = torch.arange(n)
    marks[rows, first] = marks[rows, second] = 1.0
    return torch.stack([values, marks], -1), values[rows, first] + values[rows, second]


model = Recurrent(args.width)
opt = torch.optim.Adam(model.parameters(), lr=args.lr)
step = 0
if args.resume:
    state = torch.load(args.resume)
    model.load_state_dict(state["model"])
    opt.load_state_dict(state["opt"])
    torch.set_rng_state(state["rng"])
    step = state["step"]

while step < args.steps:
    x, y = adding()
    loss = nn.functional.mse_loss(model(x), y)
    opt.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    opt.step()
    step += 1
    if step % 250 == 0:
        print(f"{step}: {loss.item():.4f}")
    if step % 2500 == 0:
        torch.save({"model": model.state_dict(), "opt": opt.state_dict(), "step": step,
                    "rng": torch.get_rng_state(), "args": vars(args)}, f"saved/{step}.pt")
