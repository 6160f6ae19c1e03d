import torch
import torch.nn as nn
import torch.nn.functional as F

STAGES = [
    {"length": 16, "steps": 6000},
    {"length": 32, "steps": 6000},
    {"length": 64, "steps": 6000},
    {"length": 96, "steps": 6000},
]
VOCAB = 40
WIDTH = 64


class Copier(nn.Module):
    """Repeats what it has read, after a separator."""

    def __init__(self, max_length=96):
        super().__init__()
        self.tokens = nn.Embedding(VOCAB + 1, WIDTH)
        self.positions = nn.Embedding(max_length, WIDTH)
        layer = nn.TransformerEncoderLayer(
            WIDTH, nhead=4, dim_feedforward=128, dropout=0.0, batch_first=True, norm_first=True
        )
        self.layers = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.out = nn.Linear(WIDTH, VOCAB + 1)

    def forward(self, ids):
        n = ids.size(1)
        h = self.tokens(ids) + self.positions(torch.arange(n))
        mask = nn.Transformer.generate_square_subsequent_mask(n)
        return self.out(self.layers(h, mask=mask, is_causal=True))


def example(length, batch=16):
    half = length // 2
    first = torch.randint(0, VOCAB, (batch, half))
    ids = torch.cat([first, torch.full((batch, 1), VOCAB), first], 1)
    return ids[:, :length], ids[:, 1:length + 1], half


def main():
    torch.manual_seed(6)
    model = Copier()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    done = 0
    for number, stage in enumerate(STAGES, 1):
        print(f"stage {number}: sequences of {stage['length']}")
        for step in range(stage["steps"]):
            inputs, targets, half = example(stage["length"])
            logits = model(inputs)
            loss = F.cross_entropy(logits[:, half:].flatten(0, 1), targets[:, half:].flatten())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            done += 1
            if done % 250 == 0:
                print(f"  step {done} loss {loss.item():.4f}")


if __name__ == "__main__":
    main()
