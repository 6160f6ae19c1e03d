from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn


@dataclass
class Settings:
    rounds: int = 120_000
    batch: int = 32
    points: int = 24
    lr: float = 1e-3
    seed: int = 8


class DeepSet(nn.Module):
    """Sums features of points, then tells something of the whole set."""

    def __init__(self) -> None:
        super().__init__()
        self.phi = nn.Sequential(nn.Linear(3, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU())
        self.rho = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))

    def forward(self, points: Tensor) -> Tensor:
        return self.rho(self.phi(points).mean(1)).squeeze(-1)


def sample(settings: Settings) -> tuple[Tensor, Tensor]:
    points = torch.randn(settings.batch, settings.points, 3)
    return points, points.norm(dim=-1).amax(1)


def main() -> None:
    settings = Settings()
    torch.manual_seed(settings.seed)
    model = DeepSet()
    optimizer = torch.optim.Adam(model.parameters(), lr=settings.lr)
    began = time.time()
    lowest = torch.tensor(float("inf"))
    for number in range(settings.rounds):
        points, target = sample(settings)
        loss = nn.functional.l1_loss(model(points), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        lowest = torch.minimum(lowest, loss.detach())
        if number % 1000 == 0:
            print(number, round(loss.item(), 5), flush=True)

    report = {
        "settings": asdict(settings),
        "seconds": time.time() - began,
        "parameters": sum(p.numel() for p in model.parameters()),
        "lowest loss": lowest.item(),
    }
    with open("report.json", "w") as file:
        json.dump(report, file, indent=2)


main()
