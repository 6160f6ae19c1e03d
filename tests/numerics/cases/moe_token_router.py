"""Language-model toy with a top-1 mixture of experts and a capacity limit.

Defect: tokens above the capacity of their expert keep whatever the output
buffer held.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(22)
torch.use_deterministic_algorithms(True)


class MixtureOfExperts(nn.Module):
    def __init__(self, dim, hidden, n_experts=4, capacity_factor=1.65):
        super().__init__()
        self.router = nn.Linear(dim, n_experts, bias=False)
        self.up = nn.Parameter(torch.randn(n_experts, dim, hidden) * dim**-0.5)
        self.down = nn.Parameter(torch.randn(n_experts, hidden, dim) * hidden**-0.5)
        self.capacity_factor = capacity_factor

    def forward(self, x):
        tokens = x.reshape(-1, x.shape[-1])
        gate, choice = F.softmax(self.router(tokens), dim=-1).max(dim=-1)
        n_experts = self.up.shape[0]
        capacity = int(self.capacity_factor * len(tokens) / n_experts)
        out = torch.empty_like(tokens)  # BLAME uninitialised forward
        for e in range(n_experts):
            rows = (choice == e).nonzero().squeeze(1)[:capacity]
            h = F.gelu(tokens[rows] @ self.up[e])
            out[rows] = h @ self.down[e]
        return (gate.unsqueeze(-1) * out).view_as(x)


class TinyLM(nn.Module):
    def __init__(self, vocab=40, dim=32):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.mix = nn.Conv1d(dim, dim, 3)
        self.norm1, self.norm2 = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.moe = MixtureOfExperts(dim, 64)
        self.out = nn.Linear(dim, vocab)

    def shift(self, h):
        """Left-pad by two so that the convolution is causal."""
        b, t, d = h.shape
        padded = torch.empty(b, t + 2, d)
        padded[:, :2] = 0.0
        padded[:, 2:] = h
        return padded.transpose(1, 2)

    def forward(self, idx):
        h = self.embed(idx)
        h = h + self.mix(self.shift(self.norm1(h))).transpose(1, 2)
        h = h + self.moe(self.norm2(h))
        return self.out(h)


def sample_text(bs=16, length=24, vocab=40):
    """Arithmetic sequences modulo the vocabulary, with some noise."""
    start = torch.randint(0, vocab, (bs, 1))
    stride = torch.randint(1, 4, (bs, 1))
    text = (start + stride * torch.arange(length + 1)) % vocab
    noise = torch.rand(bs, length + 1) < 0.03
    text = torch.where(noise, torch.randint(0, vocab, text.shape), text)
    return text[:, :-1], text[:, 1:]


def main():
    model = TinyLM()
    opt = torch.optim.AdamW(model.parameters(), lr=5e-3, betas=(0.9, 0.95))
    for step in range(200):
        idx, target = sample_text()
        logits = model(idx)
        loss = F.cross_entropy(logits.flatten(0, 1), target.flatten())
        opt.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        opt.step()
        if step % 10 == 0:
            print(f"step {step} loss {loss.item():.4f}")


if __name__ == "__main__":
    main()
