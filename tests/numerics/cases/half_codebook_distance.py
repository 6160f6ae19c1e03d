"""Vector-quantised autoencoder whose codebook search runs in float16 as |x|^2 - 2 xy + |y|^2: the
squares of large latents pass 65504 and the distance is inf or inf - inf. From fp16 VQ-VAE
training; float32 (or cdist) for the search cures it. The soft assignment lets it reach the
loss."""

import torch
from torch import nn

torch.manual_seed(10)
torch.set_num_threads(1)


class SoftQuantiser(nn.Module):
    def __init__(self, codes=16, dim=8):
        super().__init__()
        self.book = nn.Parameter(torch.randn(codes, dim))

    def forward(self, z):
        z16, book16 = z.half(), self.book.half()
        length = (z16 * z16).sum(1, keepdim=True)  # BLAME half-overflow forward
        distance = length - 2 * z16 @ book16.T + (book16 * book16).sum(1)
        weight = torch.softmax(-distance.float() / 50, dim=1)
        return weight @ self.book


encoder, decoder = nn.Linear(12, 8), nn.Linear(8, 12)
quantiser = SoftQuantiser()
parameters = [*encoder.parameters(), *decoder.parameters(), *quantiser.parameters()]
optimizer = torch.optim.Adam(parameters, lr=2e-3)
samples = torch.randn(900, 12)
samples[401] *= 200
for epoch in range(3):
    for x in samples.split(25):
        z = encoder(x)
        q = quantiser(z)
        commitment = nn.functional.smooth_l1_loss(z, q.detach())
        loss = nn.functional.smooth_l1_loss(decoder(q), x) + 0.25 * commitment
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
