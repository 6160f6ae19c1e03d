"""Image optimisation with an isotropic total variation sqrt(dx ** 2 + dy ** 2): as soon as
clipping makes neighbouring pixels equal, the root stands at 0 and sends back 0 * inf. Known from
style transfer and adversarial patches; a small constant under the root cures it."""

import torch

torch.manual_seed(8)
torch.set_num_threads(1)


def total_variation(image):
    dx = image[:, :-1, 1:] - image[:, :-1, :-1]
    dy = image[:, 1:, :-1] - image[:, :-1, :-1]
    return torch.sqrt(dx**2 + dy**2).mean()  # BLAME infinite-derivative backward


patch = (torch.rand(3, 16, 16) * 0.6 + 0.2).requires_grad_()
detector = torch.nn.Conv2d(3, 4, 5).requires_grad_(False)
optimizer = torch.optim.Adam([patch], lr=0.02)
for step in range(90):
    score = detector(patch[None]).square().mean()
    loss = total_variation(patch) - score
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        patch.clamp_(0, 1)
    if step % 15 == 0:
        print(step, loss.item())
