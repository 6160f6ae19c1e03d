"""Orthonormal projection by torch.linalg.qr of the weights: pruning of short columns sets one of
them to 0, R gets a zero on its diagonal and the derivative of QR divides by it. From
orthogonality constraints; a small multiple of the identity added before QR cures it."""

import torch
from torch import nn

torch.manual_seed(17)
torch.set_num_threads(1)


class Projection(nn.Module):
    def __init__(self, features, rank):
        super().__init__()
        self.basis = nn.Parameter(torch.randn(features, rank) * torch.tensor([1.0, 0.5, 0.1]))

    def forward(self, x):
        q, _ = torch.linalg.qr(self.basis)  # BLAME infinite-derivative backward
        return x @ q @ q.T

    @torch.no_grad()
    def prune(self, threshold):
        self.basis[:, self.basis.norm(dim=0) < threshold] = 0


model = Projection(10, 3)
optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
data = torch.randn(200, 2) @ torch.randn(2, 10) + 0.1 * torch.randn(200, 10)
for step in range(60):
    batch = data[torch.randint(0, 200, (32,))]
    loss = (batch - model(batch)).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step == 20:
        model.prune(0.5)
    if step % 10 == 0:
        print(step, loss.item())
