"""Parameters that are one object, and others that share storage: tied weights, a view parameter, a flat buffer."""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.embed.weight
        self.flat = torch.zeros(24)
        self.a = nn.Parameter(self.flat[:12].view(3, 4))
        self.b = nn.Parameter(self.flat[12:].view(4, 3))

    def forward(self, x):
        hidden = self.embed(x)
        return self.head(hidden + hidden @ self.b @ self.a)


model = Model()
optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
for step in range(6):
    x = torch.randint(0, 10, (16,))
    loss = nn.functional.cross_entropy(model(x), (x + 1) % 10)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        model.flat += 0.01 * (step + 1)
    print(step, loss.item(), model.head.weight is model.embed.weight, len(list(model.parameters())))
    print(model.flat[0] == model.a[0, 0], model.b.data_ptr() - model.a.data_ptr(), model.a.sum().item())
    print(model.flat.untyped_storage().data_ptr() == model.a.untyped_storage().data_ptr(), model.flat.sum().item())
