"""Worker processes that are spawned, not forked."""

import random

import torch
from torch.utils.data import DataLoader, Dataset


class Noisy(Dataset):
    def __len__(self):
        return 8

    def __getitem__(self, index):
        return index + random.random() + torch.rand(())


def main():
    torch.set_num_threads(1)
    torch.manual_seed(0)
    loader = DataLoader(Noisy(), 2, num_workers=1, multiprocessing_context="spawn")
    for step, batch in enumerate(loader):
        print(step, [f"{x:.6f}" for x in batch.tolist()])
        print(step, "done", f"{torch.rand(()):.6f}")


if __name__ == "__main__":
    main()
