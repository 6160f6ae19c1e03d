import random
import torch
from torch import nn
from tqdm import trange

random.seed(0)
torch.manual_seed(0)

# learn to sort: which of the items is the k-th smallest
N_ITEMS, BATCH, STEPS = 10, 64, 400


class Pointer(nn.Module):
    def __init__(self, width=96):
        super().__init__()
        self.embed = nn.Linear(2, width)
        layer = nn.TransformerEncoderLayer(width, 4, 2 * width, dropout=0.0, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.score = nn.Linear(width, 1)

    def forward(self, items, k):
        x = torch.stack([items, k[:, None].expand_as(items)], -1)
        return self.score(self.encoder(self.embed(x))).squeeze(-1)


def task(size):
    items = torch.rand(size, N_ITEMS)
    k = torch.randint(0, N_ITEMS, (size,))
    answer = items.argsort(1).gather(1, k[:, None]).squeeze(1)
    return items, k / N_ITEMS, answer


model = Pointer()
optim = torch.optim.Adam(model.parameters(), lr=5e-4)
history = []
best_epoch, best_accuracy = None, 0.0
check = task(512)
for epoch in range(1, 101):
    model.train()
    bar = trange(STEPS, desc=f'epoch {epoch}', leave=False)
    for _ in bar:
        items, k, answer = task(BATCH)
        loss = nn.functional.cross_entropy(model(items, k), answer)
        optim.zero_grad()
        loss.backward()
        optim.step()
        bar.set_postfix(loss=round(loss.item(), 3))
    model.eval()
    with torch.no_grad():
        accuracy = (model(check[0], check[1]).argmax(1) == check[2]).float().mean().item()
    history.append(accuracy)
    if accuracy > best_accuracy:
        best_epoch, best_accuracy = epoch, accuracy
    print(f'epoch {epoch}: accuracy {accuracy:.3f}')

print('-' * 40)
print(f'epochs         {len(history)}')
print(f'best accuracy  {best_acc:.3f}, at epoch {best_epoch}')  # fault
