"""A function whose arguments jsonargparse takes from its signature."""

from dataclasses import dataclass

import torch
from jsonargparse import ArgumentParser, auto_cli


@dataclass
class Optimizer:
    name: str = "SGD"
    lr: float = 0.1


def train(epochs: int, optimizer: Optimizer, betas: tuple[float, float] | None = None) -> str:
    """Train a line.

    Args:
        epochs: Passes over the data.
        optimizer: Which one.
        betas: Not used.
    """
    torch.manual_seed(0)
    model = torch.nn.Linear(4, 1)
    made = getattr(torch.optim, optimizer.name)(model.parameters(), lr=optimizer.lr)
    for epoch in range(epochs):
        for step in range(4):
            loss = model(torch.randn(8, 4)).square().mean()
            made.zero_grad()
            loss.backward()
            made.step()
            print(epoch, step, f"{loss.item():.6f}", betas)
    return "done"


if __name__ == "__main__":
    parser = ArgumentParser()
    parser.add_argument("--model.size", type=int, default=3)
    parser.add_class_arguments(torch.nn.Linear, "layer", skip={"device", "dtype"})
    config = parser.parse_args(["--layer.in_features=4", "--layer.out_features=2"])
    classes = parser.instantiate_classes(config)
    print(classes.layer, config.model.size)
    print(auto_cli(train, args=["3", "--optimizer.lr=0.05", "--betas=[0.9,0.99]"]))
    print(config.as_dict())
