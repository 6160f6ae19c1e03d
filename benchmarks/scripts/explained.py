"""A small transformer whose training turns NaN: `explained.py STEP [calm]`.

At that step a penalty takes the root of 0. Prints the seconds of wall and of CPU time that a step
takes, just before. With `calm` it has no penalty, and ends there: a savepoint is taken, and after
it, the time printed.
"""

import statistics
import sys
import time

import torch
from torch import nn

import midrun

BAD = int(sys.argv[1])
STEPS = BAD + 280


class Transformer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(256, 128)
        layer = nn.TransformerEncoderLayer(128, 4, 512, batch_first=True, dropout=0.1)
        self.layers = nn.TransformerEncoder(layer, 4, enable_nested_tensor=False)
        self.head = nn.Linear(128, 256)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.layers(self.embed(x))).mean(1)


def penalty(logits: torch.Tensor, step: int) -> torch.Tensor:
    """The mean length of the logits; at one step they are 0."""
    return torch.sqrt((logits * (step != BAD)).square().sum(1)).mean()


def main(*, calm: bool) -> None:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    model = Transformer()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
    times = []
    for step in range(STEPS):
        began = time.perf_counter(), time.process_time()
        x, y = torch.randint(256, (8, 64)), torch.randint(256, (8,))
        logits = model(x)
        loss = nn.functional.cross_entropy(logits, y)
        if not calm:
            loss = loss + 1e-3 * penalty(logits, step)
        optimizer.zero_grad()
        loss.backward()
        if step == BAD:
            wall, cpu = (statistics.median(column) for column in zip(*times[10:], strict=True))
            print(wall, cpu, flush=True)
            if calm:
                midrun.savepoint()
                print(time.time())
                return
        optimizer.step()
        times.append((time.perf_counter() - began[0], time.process_time() - began[1]))


if __name__ == "__main__":
    main(calm="calm" in sys.argv)
