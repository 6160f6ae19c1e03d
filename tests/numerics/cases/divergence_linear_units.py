"""Linear regression with a feature in unsuited units: the learning rate is far above 2 / (largest
eigenvalue), the weights grow by a constant factor at each step until the loss overflows. Cure:
scale the feature, a lower learning rate.
"""

import torch

torch.set_num_threads(1)
torch.manual_seed(106)

area = 50 + 30 * torch.rand(400, 1)
rooms = torch.randint(1, 6, (400, 1)).float()
price = 3.0 * area + 20.0 * rooms + 5 * torch.randn(400, 1)
model = torch.nn.Linear(2, 1)
criterion = torch.nn.MSELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=2e-3)
inputs = torch.cat([area, rooms], dim=1)
for epoch in range(20):
    for batch in torch.randperm(400).split(100):
        optimizer.zero_grad()
        loss = criterion(model(inputs[batch]), price[batch])
        loss.backward()
        optimizer.step()  # BLAME divergence optimizer
    print(f"epoch {epoch}: {loss.item():.4g}")
