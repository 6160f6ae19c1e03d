"""One GB of tensors, saved; then the first statement after a resume tells the time."""

import time

import torch

import midrun

state = [torch.full((2_500_000,), float(index)) for index in range(100)]
midrun.savepoint("full")
print(time.time(), time.process_time())
