"""Patient records in batches that are dictionaries: a laboratory value that was not taken is NaN in
one row. The batch enters at the call of the model. Cure: leave the row out, or impute the value."""

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.set_num_threads(1)
torch.manual_seed(201)


class Records(Dataset):
    def __init__(self, count=160):
        self.values = torch.randn(count, 5)
        self.label = (self.values[:, 0] > 0).float()
        self.values[97, 3] = float("nan")

    def __len__(self):
        return len(self.values)

    def __getitem__(self, i):
        return {"values": self.values[i], "label": self.label[i]}


def main():
    net = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 1))
    optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
    for epoch in range(4):
        for batch in DataLoader(Records(), batch_size=8):
            logits = net(batch["values"])[:, 0]  # BLAME bad-input data
            loss = nn.functional.binary_cross_entropy_with_logits(logits, batch["label"])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        print(epoch, loss.item())


main()
