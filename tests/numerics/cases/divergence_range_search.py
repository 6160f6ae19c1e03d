"""A learning-rate range test that is left to run: the rate grows by half in every step, and soon
after the stable range each step enlarges the weights until they overflow. No operation is to
blame; stopping the schedule at the best rate (a lower learning rate) cures it."""

import torch
from torch import nn
from torch.optim.lr_scheduler import ExponentialLR

torch.manual_seed(7)
torch.set_num_threads(1)


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Linear(20, 5)
        self.up = nn.Linear(5, 20)

    def forward(self, x):
        return self.up(self.down(x))


model = Autoencoder()
optimizer = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.5)
scheduler = ExponentialLR(optimizer, gamma=1.5)
data = torch.randn(640, 20) @ torch.randn(20, 20) / 4
history = []
for epoch in range(4):
    for batch in data.split(40):
        loss = nn.functional.mse_loss(model(batch), batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()  # BLAME divergence optimizer
        scheduler.step()
        history.append((scheduler.get_last_lr()[0], loss.item()))
    print(epoch, history[-1])
