"""Style transfer: distance between Gram matrices as a matrix 2-norm by hand (a square root of the
squared differences). The optimised image starts as a copy of the style image after a warm-up on
the content, so both Gram matrices are equal and the root is taken at zero. From threads on neural
style transfer giving NaN when initialised with the style image. Cure: the squared distance, or an
epsilon.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(15)

features = nn.Sequential(nn.Conv2d(1, 6, 3), nn.Tanh(), nn.Conv2d(6, 6, 3)).requires_grad_(False)
style = torch.rand(1, 1, 12, 12)
content = torch.rand(1, 1, 12, 12)
image = nn.Parameter(content.clone())
optimizer = torch.optim.Adam([image], lr=0.01)


def gram(x):
    f = features(x).flatten(2).squeeze(0)
    return f @ f.T / f.size(1)


def gram_distance(a, b):
    total = (gram(a) - gram(b)).square().sum()
    return total**0.5  # BLAME infinite-derivative backward


for phase, target in [("content", content), ("style", style)]:
    if phase == "style":
        image.data.copy_(style)
    for _ in range(30):
        optimizer.zero_grad()
        if phase == "content":
            loss = (features(image) - features(target)).pow(2).mean()
        else:
            loss = gram_distance(image, target) + 0.1 * (image - content).abs().mean()
        loss.backward()
        optimizer.step()
    print(phase, loss.item())
