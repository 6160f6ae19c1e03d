"""Squared logarithmic error by hand: log1p(prediction) for a network without a positive output. A
prediction below -1 gives NaN. From forum and Kaggle threads on RMSLE. Cure: clamp the prediction
at 0, or train on log1p of the target.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(48)


def msle(pred, target):
    err = torch.log1p(pred) - torch.log1p(target)  # BLAME log-domain forward
    return err.pow(2).mean()


class DemandModel(nn.Module):
    def __init__(self, shops=12):
        super().__init__()
        self.shop = nn.Embedding(shops, 4)
        self.mlp = nn.Sequential(nn.Linear(7, 32), nn.ReLU(), nn.Linear(32, 1))
        nn.init.constant_(self.mlp[-1].bias, 1.0)

    def forward(self, shop, features):
        return self.mlp(torch.cat([self.shop(shop), features], dim=1)).squeeze(1)


model = DemandModel()
opt = torch.optim.Adam(model.parameters(), lr=0.01)
for day in range(60):
    shop = torch.randint(0, 12, (32,))
    features = torch.randn(32, 3) * (1 + day)
    sold = torch.poisson(torch.full((32,), 1.0))
    loss = msle(model(shop, features), sold)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if day % 20 == 0:
        print(day, loss.item())
