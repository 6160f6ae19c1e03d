"""Old-style weight_norm and spectral_norm hooks, BatchNorm statistics, dropout, LayerNorm, train() and eval()."""

import warnings

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)
warnings.simplefilter("ignore")
model = nn.Sequential(
    nn.utils.spectral_norm(nn.Conv2d(1, 4, 3)),
    nn.BatchNorm2d(4, momentum=None),
    nn.Dropout2d(0.3),
    nn.Flatten(),
    nn.utils.weight_norm(nn.Linear(64, 5)),
    nn.LayerNorm(5),
    nn.Dropout(0.5, inplace=True),
)
optimizer = torch.optim.RAdam(model.parameters(), lr=0.01)
for step in range(6):
    model.train(step % 3 != 2)
    x = torch.randn(4, 1, 6, 6)
    loss = model(x).square().mean() + model(x.flip(0)).mean()
    if model.training:
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    else:
        loss = loss.detach()
    norm = model[1]
    print(step, loss.item(), model.training, norm.running_mean.tolist(), int(norm.num_batches_tracked))
    print(model[0].weight_u.sum().item(), model[4].weight_g.sum().item(), model[0].weight.grad_fn is None)
    for layer in model[1:3]:
        layer.eval() if step > 3 else layer.train()
        print(type(layer).__name__, layer.training)
