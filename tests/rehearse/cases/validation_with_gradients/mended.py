import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset
from tqdm import tqdm

EPOCHS = 200
torch.manual_seed(0)

users, items = 800, 500
taste, kind = torch.randn(users, 6), torch.randn(items, 6)


def ratings(n):
    u, i = torch.randint(0, users, (n,)), torch.randint(0, items, (n,))
    return TensorDataset(u, i, (taste[u] * kind[i]).sum(1) + 0.3 * torch.randn(n))


class Recommender(nn.Module):
    def __init__(self, dim=32):
        super().__init__()
        self.user = nn.Embedding(users, dim)
        self.item = nn.Embedding(items, dim)
        self.mlp = nn.Sequential(nn.Linear(2 * dim, 128), nn.ReLU(), nn.Dropout(0.1), nn.Linear(128, 1))

    def forward(self, u, i):
        a, b = self.user(u), self.item(i)
        return (a * b).sum(-1) + self.mlp(torch.cat([a, b], -1)).squeeze(-1)


train_dl = DataLoader(ratings(12000), batch_size=24, shuffle=True)
valid_dl = DataLoader(ratings(3000), batch_size=100)
model = Recommender()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
loss_fn = nn.MSELoss()

for epoch in range(EPOCHS):
    model.train()
    for u, i, r in tqdm(train_dl, leave=False):
        optimizer.zero_grad()
        loss = loss_fn(model(u, i), r)
        loss.backward()
        optimizer.step()

    model.eval()
    valid_loss = 0.0
    with torch.no_grad():
        for u, i, r in valid_dl:
            valid_loss += loss_fn(model(u, i), r).item() / len(valid_dl)
    tqdm.write(f"epoch {epoch}: valid {valid_loss:.4f}")
