"""Steps of training: `steps.py MODEL GUARD`.

MODEL is mlp, convnet or transformer; GUARD is what watches for NaN: nothing, anomaly
(`torch.autograd.set_detect_anomaly`), isnan (each parameter, each step, by hand) or transformers
(its DebugUnderflowOverflow). Prints the CPU seconds of the best of several rounds of steps.
"""

import sys
import time
from collections.abc import Callable

import torch
from torch import nn

ROUNDS = 12


class Transformer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(256, 128)
        layer = nn.TransformerEncoderLayer(128, 4, 512, batch_first=True, dropout=0.1)
        self.layers = nn.TransformerEncoder(layer, 4, enable_nested_tensor=False)
        self.head = nn.Linear(128, 256)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.layers(self.embed(x))).mean(1)


def setup(kind: str) -> tuple[nn.Module, torch.Tensor, torch.Tensor, int]:
    """The model, a batch, and the steps of a round."""
    if kind == "mlp":
        sizes = [nn.Linear(32, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 10)]
        return nn.Sequential(*sizes), torch.randn(64, 32), torch.randint(10, (64,)), 300
    if kind == "convnet":
        model = nn.Sequential(
            nn.Conv2d(3, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3, padding=1), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(64 * 64, 10),
        )  # fmt: skip
        return model, torch.randn(16, 3, 32, 32), torch.randint(10, (16,)), 15
    return Transformer(), torch.randint(256, (8, 64)), torch.randint(256, (8,)), 12


def training(kind: str, guard: str = "nothing") -> tuple[Callable[[], None], int]:
    """A step of training, and how many make a round."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    model, x, y, steps = setup(kind)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
    if guard == "anomaly":
        torch.autograd.set_detect_anomaly(True)
    if guard == "transformers":
        from transformers.debug_utils import DebugUnderflowOverflow

        DebugUnderflowOverflow(model)

    def step() -> None:
        loss = nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if guard == "isnan" and any(p.isnan().any() for p in model.parameters()):
            raise ValueError("nan")

    return step, steps


def main(kind: str, guard: str) -> None:
    step, steps = training(kind, guard)
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(steps):
            step()
        best = min(best, time.process_time() - began)
    print(best / steps)


if __name__ == "__main__":
    main(*sys.argv[1:])
