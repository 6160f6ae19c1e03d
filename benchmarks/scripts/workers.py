"""A small training loop over a DataLoader with WORKERS processes, saved STEPS times in mid-pass.

Prints, for each savepoint, how long the training stood still: wall time and CPU time in seconds.
"""

import sys
import time

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

import midrun

WORKERS, STEPS = int(sys.argv[1]), int(sys.argv[2])


class Noise(Dataset[torch.Tensor]):
    def __len__(self) -> int:
        return 100_000

    def __getitem__(self, index: int) -> torch.Tensor:
        return torch.randn(64)


torch.set_num_threads(1)
model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
optimizer = torch.optim.Adam(model.parameters())
done = 0
for step, batch in enumerate(DataLoader(Noise(), 16, num_workers=WORKERS)):
    loss = model(batch).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    del loss
    if step % 50 == 49:
        wall, cpu = time.perf_counter(), time.thread_time()
        midrun.savepoint()
        print(time.perf_counter() - wall, time.thread_time() - cpu, flush=True)
        done += 1
        if done == STEPS:
            break
        time.sleep(0.3)  # until it is on disk
