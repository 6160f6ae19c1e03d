"""Matrix factorisation by gradient descent on the squared error: the step is too long for the
size of the ratings, both factors grow by mutual feedback. Cure: a lower learning rate, centring.
"""

import torch

torch.set_num_threads(1)
torch.manual_seed(108)

users, items, rank = 30, 40, 4
ratings = torch.rand(users, rank) @ torch.rand(rank, items) * 3
seen = torch.rand(users, items) < 0.5
u = torch.nn.Parameter(0.1 * torch.randn(users, rank))
v = torch.nn.Parameter(0.1 * torch.randn(items, rank))
optimizer = torch.optim.SGD([u, v], lr=0.03, weight_decay=1e-4)
for sweep in range(80):
    optimizer.zero_grad()
    error = (u @ v.T - ratings) * seen
    loss = error.square().sum()
    loss.backward()
    optimizer.step()  # BLAME divergence optimizer
    if sweep % 20 == 0:
        print(sweep, loss.item())
