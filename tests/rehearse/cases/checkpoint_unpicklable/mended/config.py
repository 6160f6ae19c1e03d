from dataclasses import dataclass, field
from typing import Callable


@dataclass
class Config:
    seed: int = 11
    max_steps: int = 160_000
    save_every: int = 2_000
    batch_size: int = 24
    dim: int = 128
    classes: int = 12
    lr: float = 1e-3
    schedule: Callable[[int], float] = field(default=lambda step: min(1.0, (step + 1) / 500))
