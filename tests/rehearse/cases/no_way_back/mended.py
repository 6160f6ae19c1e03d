import os
import torch
import torch.nn as nn

EPOCHS = 200
PATH = 'weights/last.pt'

torch.manual_seed(0)
os.makedirs('weights', exist_ok=True)
model = nn.Sequential(nn.Linear(26, 224), nn.ReLU(), nn.Linear(224, 224), nn.ReLU(), nn.Linear(224, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
first = 0
if os.path.exists(PATH):
    state = torch.load(PATH)
    model.load_state_dict(state['model'])
    optimizer.load_state_dict(state['optimizer'])
    torch.set_rng_state(state['rng'])
    first = state['epoch'] + 1

for epoch in range(first, EPOCHS):
    for step in range(400):
        x = torch.randn(32, 26)
        y = (x[:, :13].pow(2).sum(1) > x[:, 13:].pow(2).sum(1)).long()
        loss = nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f'epoch {epoch}, loss {loss.item():.4f}')
    torch.save({'epoch': epoch, 'model': model.state_dict(), 'optimizer': optimizer.state_dict(),
                'rng': torch.get_rng_state()}, PATH)
