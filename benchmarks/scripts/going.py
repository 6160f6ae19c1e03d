"""The steps of a small transformer, with one savepoint.

Prints wall and CPU time, in seconds, right after the savepoint, a step later, and at the position
gone to.
"""

import time

import torch
from torch import nn

import midrun

SAVED, GONE_TO = 10, 90


def now() -> str:
    return f"{time.time()} {time.process_time()}"


def main() -> None:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    embed, head = nn.Embedding(256, 128), nn.Linear(128, 256)
    layer = nn.TransformerEncoderLayer(128, 4, 512, batch_first=True, dropout=0.1)
    layers = nn.TransformerEncoder(layer, 4, enable_nested_tensor=False)
    model = nn.Sequential(embed, layers, head)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
    for step in range(GONE_TO + 1):
        if step == SAVED:
            midrun.savepoint()
            print(now(), flush=True)
        if step == SAVED + 1:
            print(now(), flush=True)
        if step == GONE_TO:
            print(now(), flush=True)
        x, y = torch.randint(256, (8, 64)), torch.randint(256, (8,))
        loss = nn.functional.cross_entropy(model(x).mean(1), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


if __name__ == "__main__":
    main()
