"""Calibration of a stochastic-volatility model by simulated paths: the Euler step takes the
variance under 0 and its square root is NaN in the next step. The classic trap of Heston
simulation; full truncation, max(v, 0) plus an eps, cures it."""

import torch

torch.manual_seed(0)
torch.set_num_threads(1)

log_kappa = torch.tensor(0.7, requires_grad=True)
log_theta = torch.tensor(-2.0, requires_grad=True)
log_xi = torch.tensor(-1.0, requires_grad=True)
optimizer = torch.optim.Adam([log_kappa, log_theta, log_xi], lr=0.04)


def simulate(paths=60, steps=16, dt=1 / 16):
    kappa, theta, xi = log_kappa.exp(), log_theta.exp(), log_xi.exp()
    log_price = torch.zeros(paths)
    variance = torch.full((paths,), 0.1)
    for _ in range(steps):
        shock = torch.randn(2, paths) * dt**0.5
        vol = torch.sqrt(variance)  # BLAME domain forward
        log_price = log_price - 0.5 * variance * dt + vol * shock[0]
        variance = variance + kappa * (theta - variance) * dt + xi * vol * shock[1]
    return log_price


strikes = torch.linspace(0.8, 1.2, 5)
market = torch.tensor([0.27, 0.21, 0.17, 0.14, 0.12])
for step in range(80):
    price = simulate().exp()
    model = torch.relu(price[:, None] - strikes).mean(0)
    smile = (price.log().diff().abs().mean() - 0.9).square()
    loss = (model - market).square().sum() * 10 + smile
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 0:
        print(step, loss.item())
