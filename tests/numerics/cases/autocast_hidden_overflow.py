"""Autocast to float16: a feedforward layer's output exceeds 65504 in float16 although float32
holds it easily; the normalisation after it makes NaN of the inf. Real bug:
https://github.com/huggingface/transformers/issues/12225 (Pegasus, T5). Cure: bfloat16, or float32
for this layer.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(70)


class FeedForward(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.wi = nn.Linear(dim, 4 * dim)
        self.wo = nn.Linear(4 * dim, dim)
        self.norm = nn.LayerNorm(dim)

    def forward(self, x):
        h = torch.relu(self.wi(x))
        h = self.wo(h * h)  # BLAME half-overflow forward
        return self.norm(x + h)


net = nn.Sequential(FeedForward(16), nn.Linear(16, 2))
opt = torch.optim.AdamW(net.parameters(), lr=1e-3)
samples = torch.randn(480, 16)
samples[150:160] *= 150
labels = (samples[:, 0] > 0).long()
for step in range(60):
    idx = slice(step * 8, step * 8 + 8)
    with torch.autocast("cpu", dtype=torch.float16):
        logits = net(samples[idx])
    loss = nn.functional.cross_entropy(logits.float(), labels[idx])
    opt.zero_grad()
    loss.backward()
    opt.step()
