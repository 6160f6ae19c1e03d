"""Steps of training, each timed: `rehearsed.py MODEL STEPS`. Prints the number of each
step that was run, with its CPU seconds.

MODEL is one of steps.py.
"""

import sys
import time

import torch
from steps import setup
from torch import nn


def main(kind: str, steps: int) -> None:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    model, x, y, _ = setup(kind)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
    took = {}
    began = time.process_time()
    for step in range(steps):
        loss = nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        now = time.process_time()
        took[step] = now - began
        began = now
    for step, spent in took.items():
        print(step, spent)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
