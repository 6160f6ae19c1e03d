import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset

EPOCHS = 300


class Parity(Dataset):
    def __init__(self, indices):
        g = torch.Generator().manual_seed(len(indices))
        self.bits = torch.randint(0, 2, (len(indices), 24), generator=g).float()
        self.labels = self.bits[:, :3].sum(1).long() % 2

    def __len__(self):
        return len(self.bits)

    def __getitem__(self, i):
        return self.bits[i], self.labels[i]


torch.manual_seed(0)
train_loader = DataLoader(Parity(range(12800)), batch_size=32, shuffle=True)
test_loader = DataLoader(Parity(range(2500)), batch_size=250)
model = nn.Sequential(nn.Linear(24, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 2))
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
scheduler = torch.optim.lr_scheduler.OneCycleLR(  # fault
    optimizer, max_lr=3e-3, total_steps=EPOCHS * len(train_loader)
)

for epoch in range(EPOCHS):
    model.train()
    for x, y in train_loader:
        loss = F.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    scheduler.step()  # fault
    model.eval()
    with torch.inference_mode():
        right = sum((model(x).argmax(1) == y).sum().item() for x, y in test_loader)
    print(f"epoch {epoch} loss {loss.item():.4f} test {right / len(test_loader.dataset):.4f}")
