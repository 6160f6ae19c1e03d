"""Gaussian process whose marginal likelihood takes log(det(K)): the determinant of 80 correlated
points underflows to 0 in float32 as the noise is learned, and its logarithm is -inf. Common in
first versions of kernel code; logdet, slogdet or a Cholesky factor cures it."""

import torch

torch.manual_seed(0)
torch.set_num_threads(1)

x = torch.linspace(0, 1, 80)
y = torch.sin(9 * x) + 0.02 * torch.randn(80)
log_noise = torch.tensor(0.0, requires_grad=True)
log_scale = torch.tensor(-1.5, requires_grad=True)
optimizer = torch.optim.Adam([log_noise, log_scale], lr=0.4)


def kernel(a, b):
    return torch.exp(-0.5 * ((a[:, None] - b[None]) / log_scale.exp()) ** 2)


def negative_log_likelihood():
    cov = kernel(x, x) + log_noise.exp() * torch.eye(len(x))
    fit = y @ torch.linalg.solve(cov, y)
    return 0.5 * fit + 0.5 * torch.log(torch.linalg.det(cov))  # BLAME log-domain forward


for step in range(60):
    optimizer.zero_grad()
    loss = negative_log_likelihood()
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        print(step, loss.item())
