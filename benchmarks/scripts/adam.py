"""A model of 25 million parameters under Adam (302 MB with its state), saved after each step.

`adam.py WAY STEPS` saves in one of the ways of SAVERS after each step, and prints how long the
training stood still for it: wall time and CPU time of its thread, in seconds.
"""

import glob
import os
import sys
import time

import torch
from torch import nn

import midrun

WAY, STEPS = sys.argv[1], int(sys.argv[2])


def make() -> nn.Module:
    layers = [nn.Linear(1024, 1024) for _ in range(24)]
    return nn.Sequential(*layers)  # 25.2 million parameters


def save_by_torch(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    with open("state.pt", "wb") as file:
        torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, file)
        file.flush()
        os.fsync(file.fileno())


def save_by_dill(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    import dill

    dill.dump_module("session.pkl")


def wait_for_disk(count: int) -> None:
    """Wait until `count` savepoints are whole, as in training, where the next is far off."""
    savepoints = os.path.join(os.environ["MIDRUN_STORE"], "runs", "*", "savepoints", "*")
    while sum(not path.endswith(".draft") for path in glob.glob(savepoints)) < count:
        time.sleep(0.05)


class Copier:
    """One copy of all bytes into memory that is there already: what no savepoint can go below."""

    def __init__(self) -> None:
        self.copies: dict[int, torch.Tensor] = {}

    def __call__(self, model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
        tensors = [*model.parameters()]
        for state in optimizer.state.values():
            tensors += [value for value in state.values() if value.numel() > 1]
        for index, tensor in enumerate(tensors):
            if index not in self.copies:
                self.copies[index] = torch.empty_like(tensor).detach()
            self.copies[index].copy_(tensor.detach())


def save_by_midrun(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    midrun.savepoint()


SAVERS = {
    "midrun": save_by_midrun,
    "copy": Copier(),
    "torch": save_by_torch,
    "dill": save_by_dill,
}

torch.manual_seed(0)
torch.set_num_threads(1)
model = make()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
for step in range(STEPS):
    loss = model(torch.randn(4, 1024)).square().mean()
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    del loss
    wall, cpu = time.perf_counter(), time.thread_time()
    SAVERS[WAY](model, optimizer)
    print(time.perf_counter() - wall, time.thread_time() - cpu, flush=True)
    if WAY == "midrun":
        wait_for_disk(step + 1)
