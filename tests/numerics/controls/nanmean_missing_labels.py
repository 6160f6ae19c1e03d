"""Control: multi-task regression where missing labels are NaN in the data, and are left out of
the loss by indexing (training) and nanmean (reporting).
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(210)


def masked_mse(pred, label):
    known = ~torch.isnan(label)
    return (pred[known] - label[known]).pow(2).mean()


net = nn.Sequential(nn.Linear(7, 24), nn.Tanh(), nn.Linear(24, 3))
opt = torch.optim.RMSprop(net.parameters(), lr=1e-3)
x = torch.randn(400, 7)
labels = x[:, :3] * x[:, 3:6]
labels[torch.rand(400, 3) < 0.4] = float("nan")
for step in range(75):
    rows = torch.randint(0, 400, (20,))
    pred = net(x[rows])
    loss = masked_mse(pred, labels[rows])
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 25 == 0:
        with torch.no_grad():
            per_task = (pred - labels[rows]).abs().nanmean(0)
        print(step, per_task.tolist())
