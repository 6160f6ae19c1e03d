import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

EPOCHS, BATCH, MICRO = 200, 64, 16
torch.manual_seed(13)

images = torch.rand(10_020, 1, 14, 14)
labels = (images[:, 0, :7].mean((1, 2)) > images[:, 0, 7:].mean((1, 2))).long()
loader = DataLoader(TensorDataset(images, labels), batch_size=BATCH, shuffle=True, drop_last=True)

model = nn.Sequential(
    nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 16, 3, stride=2, padding=1), nn.ReLU(),
    nn.Flatten(), nn.Linear(16 * 49, 2),
)
optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)

for epoch in range(EPOCHS):
    epoch_loss = 0.0
    for step, (x, y) in enumerate(loader):
        # gradients of micro-batches are added up, to save memory
        micro_x = x.view(-1, MICRO, 1, 14, 14)
        micro_y = y.view(-1, MICRO)
        optimizer.zero_grad()
        for a, b in zip(micro_x, micro_y):
            loss = nn.functional.cross_entropy(model(a), b) / len(micro_x)
            loss.backward()
            epoch_loss += loss.item()
        optimizer.step()
        if step % 50 == 0:
            print(f"epoch {epoch} step {step} loss {epoch_loss / (step + 1):.4f}")
