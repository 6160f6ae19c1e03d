"""Energy matching with a repulsive term (sigma / r) ** 12. Two particles come close: the energy
is large but finite in float32, its derivative with one more power of 1 / r overflows. From
threads on machine-learned force fields. Cure: cap the repulsion, or a minimal distance.
"""

import torch

torch.set_num_threads(1)
torch.manual_seed(33)


def energy(positions, sigma):
    i, j = torch.triu_indices(len(positions), len(positions), 1)
    r2 = (positions[i] - positions[j]).pow(2).sum(-1)
    repulsion = r2.reciprocal().pow(6)  # BLAME overflow backward
    return (sigma**12 * repulsion).sum()


frames = [torch.rand(5, 3) * 4 for _ in range(60)]
frames[13][1] = frames[13][0] + torch.tensor([4.2e-4, 4.2e-4, 4.2e-4])
offset = torch.zeros(5, 3, requires_grad=True)
sigma = torch.tensor(1.0, requires_grad=True)
opt = torch.optim.Adam([offset, sigma], lr=1e-4)
for step, frame in enumerate(frames):
    e = energy(frame + offset, sigma)
    loss = e / 10
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 10 == 0:
        print(step, loss.item())
