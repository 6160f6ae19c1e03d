"""Features are standardised with the standard deviation of the batch. 97 samples in batches of 8
leave one for the last batch, and the unbiased std of one sample is NaN. From threads on
drop_last. Cure: drop_last=True, or unbiased=False with an epsilon.
"""

import warnings

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

warnings.filterwarnings("ignore", message=".*degrees of freedom.*")
torch.set_num_threads(1)
torch.manual_seed(87)


class Standardise(nn.Module):
    def forward(self, x):
        spread = x.std(dim=0, keepdim=True)  # BLAME one-sample forward
        return (x - x.mean(0, keepdim=True)) / (spread + 1e-6)


x = torch.randn(97, 5) * 3 + 2
y = (x @ torch.randn(5, 1)).tanh()
loader = DataLoader(TensorDataset(x, y), batch_size=8, shuffle=True)
net = nn.Sequential(nn.Linear(5, 16), Standardise(), nn.Tanh(), nn.Linear(16, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for epoch in range(6):
    for xb, yb in loader:
        loss = nn.functional.mse_loss(net(xb), yb)
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(f"epoch {epoch} loss {loss.item():.3f}")
