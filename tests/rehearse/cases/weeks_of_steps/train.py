import torch
import torch.nn as nn
import torch.nn.functional as F
from tqdm import tqdm

EPOCHS = 300  # fault
STEPS_PER_EPOCH = 50_000  # fault


class UNet(nn.Module):
    """A very small one."""

    def __init__(self, width=24):
        super().__init__()
        self.down1 = nn.Conv2d(1, width, 3, padding=1)
        self.down2 = nn.Conv2d(width, 2 * width, 3, padding=1, stride=2)
        self.middle = nn.Conv2d(2 * width, 2 * width, 3, padding=1)
        self.up = nn.ConvTranspose2d(2 * width, width, 2, stride=2)
        self.out = nn.Conv2d(2 * width, 1, 3, padding=1)

    def forward(self, x):
        a = F.relu(self.down1(x))
        b = F.relu(self.middle(F.relu(self.down2(a))))
        return self.out(torch.cat([a, F.relu(self.up(b))], 1))


def discs(n, size=48):
    axis = torch.linspace(-1, 1, size)
    centre = torch.rand(n, 2, 1, 1) * 1.2 - 0.6
    radius = torch.rand(n, 1, 1) * 0.3 + 0.1
    inside = (axis[:, None] - centre[:, 0]) ** 2 + (axis - centre[:, 1]) ** 2 < radius ** 2
    mask = inside.float().unsqueeze(1)
    return mask + 0.6 * torch.randn(n, 1, size, size), mask


torch.manual_seed(0)
model = UNet()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(EPOCHS):
    bar = tqdm(range(STEPS_PER_EPOCH), desc=f"epoch {epoch + 1}/{EPOCHS}")  # fault
    for step in bar:  # fault
        images, masks = discs(16)
        loss = F.binary_cross_entropy_with_logits(model(images), masks)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 50 == 0:
            bar.set_postfix(loss=f"{loss.item():.4f}")
