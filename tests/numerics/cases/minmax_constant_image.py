"""Per-image min-max scaling inside the model: (x - min) / (max - min). A blank image is constant,
so it is 0 / 0. Real bug: threads on normalising images that are all black. Cure: an epsilon in
the denominator, or a check of the data.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(52)


class Rescale(nn.Module):
    def forward(self, x):
        low = x.amin(dim=(1, 2, 3), keepdim=True)
        high = x.amax(dim=(1, 2, 3), keepdim=True)
        return (x - low) / (high - low)  # BLAME division-by-zero forward


images = torch.rand(96, 1, 8, 8) * torch.rand(96, 1, 1, 1)
images[71] = 0.25
labels = torch.randint(0, 2, (96,))
net = nn.Sequential(Rescale(), nn.Conv2d(1, 6, 3), nn.ReLU(), nn.Flatten(), nn.Linear(216, 2))
opt = torch.optim.SGD(net.parameters(), lr=0.05)
loader = torch.utils.data.DataLoader(
    torch.utils.data.TensorDataset(images, labels), batch_size=6, shuffle=False
)
for epoch in range(5):
    for image, label in loader:
        loss = nn.functional.cross_entropy(net(image), label)
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
