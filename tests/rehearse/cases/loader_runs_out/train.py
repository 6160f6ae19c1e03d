from itertools import count
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

STEPS = 120000


def dataset(n=16000):
    x = torch.randn(n, 28)
    return TensorDataset(x, (x[:, :14].sum(1, keepdim=True) * x[:, 14:].sum(1, keepdim=True)).tanh())


torch.manual_seed(5)
loader = DataLoader(dataset(), batch_size=32, shuffle=True)
net = nn.Sequential(nn.Linear(28, 256), nn.Mish(), nn.Linear(256, 256), nn.Mish(), nn.Linear(256, 1))
ema = torch.optim.swa_utils.AveragedModel(net, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.999))
opt = torch.optim.NAdam(net.parameters(), lr=5e-4)
batches = iter(loader)
losses = []

for step in count():
    if step == STEPS:
        break
    x, y = next(batches)  # fault
    loss = nn.functional.mse_loss(net(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    ema.update_parameters(net)
    losses.append(loss.item())
    if step % 400 == 399:
        print(step + 1, sum(losses) / len(losses))
        losses.clear()
