"""Hologram design: the field is brought to unit amplitude as field / |field|, and where the light
is blocked by an aperture the complex field is exactly 0, so 0 / 0. From phase retrieval code;
torch.polar of the angle, or an eps in the modulus, cures it."""

import torch

torch.manual_seed(22)
torch.set_num_threads(1)

SIZE = 16
phase = (torch.rand(SIZE, SIZE) * 0.1).requires_grad_()
target = torch.zeros(SIZE, SIZE)
target[5:11, 5:11] = 1
grid = torch.linspace(-1, 1, SIZE)
radius = (grid[:, None] ** 2 + grid**2).sqrt()
optimizer = torch.optim.Adam([phase], lr=0.05)


def illuminate(step):
    opening = max(1.5 - 0.02 * step, 0.9)
    return (radius < opening).float()


def propagate(amplitude, phase):
    field = amplitude * torch.exp(1j * phase)
    modulated = field / field.abs()  # BLAME division-by-zero forward
    return torch.fft.fftshift(torch.fft.fft2(modulated, norm="ortho"))


for step in range(90):
    image = propagate(illuminate(step), phase).abs().square()
    loss = (image / image.mean() - target / target.mean()).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 15 == 0:
        print(step, loss.item())
