"""weight_norm and spectral_norm of the old kind: hooks that compute the weight anew in each forward."""

import warnings

import torch
from torch import nn

warnings.simplefilter("ignore")
torch.set_num_threads(1)
torch.manual_seed(0)
model = nn.Sequential(
    nn.utils.weight_norm(nn.Linear(4, 5)),
    nn.ReLU(),
    nn.utils.spectral_norm(nn.Linear(5, 5), n_power_iterations=2),
    nn.ReLU(),
    nn.utils.weight_norm(nn.Conv1d(5, 2, 1), dim=None),
)
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for step in range(8):
    x = torch.randn(6, 4)
    hidden = model[:4](x)
    loss = model[4](hidden.t()).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(step, loss.item(), model[4].weight_g.norm().item(), model[2].weight_u.sum().item())
    print(type(model[0].weight).__name__, model[0].weight.shape, sorted(n for n, _ in model.named_parameters()))
    if step == 5:
        nn.utils.remove_weight_norm(model[0])
        optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
model.eval()
print(model[2](hidden.detach()).sum().item(), isinstance(model[0].weight, nn.Parameter))
