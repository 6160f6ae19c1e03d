"""Survival model with softplus written as log(1 + exp(x)): overflows above 88. Patients' ages
enter unscaled, and one record has its age in months. Cure: F.softplus.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(62)


class Softplus(nn.Module):
    def forward(self, x):
        return torch.log(1 + torch.exp(x))  # BLAME overflow forward


age = torch.randint(20, 90, (240, 1)).float()
blood = torch.randn(240, 3)
age[189] *= 12
x = torch.cat([age / 6, blood], dim=1)
time = torch.distributions.Exponential(0.5 + 0.01 * age[:, 0]).sample()
net = nn.Sequential(nn.Linear(4, 1), Softplus())
nn.init.constant_(net[0].weight, 0.8)
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(4):
    for lo in range(0, 240, 12):
        rate = net(x[lo : lo + 12]).squeeze(1) + 1e-3
        loss = (rate * time[lo : lo + 12] - torch.log(rate)).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
