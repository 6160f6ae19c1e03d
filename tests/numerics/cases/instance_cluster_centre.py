"""Instance segmentation with a discriminative loss: the centre of every instance id up to the
largest is the mean of its pixels, and an id that augmentation cropped away has none. As in the
thread https://github.com/pqhieu/jsis3d/issues/26; looping over torch.unique(ids) cures it."""

import torch
from torch import nn

torch.manual_seed(6)
torch.set_num_threads(1)

net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 4, 3, padding=1))
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)


def centres(embedding, ids):
    found = []
    for k in range(int(ids.max()) + 1):
        found.append(embedding[:, ids == k].mean(dim=1))  # BLAME empty-mean forward
    return torch.stack(found)


def discriminative(embedding, ids, margin=1.5):
    middle = centres(embedding, ids)
    pull = (embedding - middle[ids].permute(2, 0, 1)).abs().mean()
    gap = (middle[:, None] - middle[None]).abs().sum(-1)
    push = torch.relu(margin - gap).triu(1).sum() / len(middle) ** 2
    return pull + push


ids = torch.zeros(16, 16, dtype=torch.long)
ids[1:5, 1:6], ids[8:12, 3:9], ids[6:15, 11:15] = 1, 2, 3
for step in range(70):
    left = 0 if step % 17 < 13 else 6
    crop = ids[:, left:]
    if step % 17 == 15:
        crop = ids[5:, 9:]
    image = (crop > 0).float() + 0.1 * torch.randn(crop.shape)
    loss = discriminative(net(image[None, None])[0], crop)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        print(step, loss.item())
