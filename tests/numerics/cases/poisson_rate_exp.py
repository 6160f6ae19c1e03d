"""Poisson regression on a click log with the rate exp(x @ w): with counters as features that were
never scaled the linear predictor passes 88 for one heavy user. From threads on Poisson losses.
Cure: log1p of the features, or a clamp of the predictor.
"""

import torch

torch.set_num_threads(1)
torch.manual_seed(66)

features = torch.poisson(torch.full((640, 3), 2.0))
features[107, 2] = 420.0
clicks = torch.poisson(torch.exp(0.25 * features.sum(1).clamp(max=20)))
w = torch.full((3,), 0.2, requires_grad=True)
b = torch.zeros((), requires_grad=True)
optimizer = torch.optim.Adam([w, b], lr=0.01)


def poisson_loss(x, k):
    eta = x @ w + b
    rate = torch.exp(eta)  # BLAME overflow forward
    return (rate - k * eta).mean()


for step in range(80):
    lo = step * 8 % 640
    loss = poisson_loss(features[lo : lo + 8], clicks[lo : lo + 8])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 0:
        print(step, loss.item())
