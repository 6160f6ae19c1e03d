"""A training function behind a typer app with two commands and a callback."""

from pathlib import Path
from typing import Annotated

import torch
import typer

app = typer.Typer()


@app.callback()
def common(seed: int = 0) -> None:
    torch.manual_seed(seed)


@app.command()
def train(
    out: Path,
    epochs: Annotated[int, typer.Option(help="Passes over the data.")] = 3,
    lr: float = 0.1,
) -> None:
    model = torch.nn.Linear(4, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    for epoch in range(epochs):
        for step in range(4):
            loss = model(torch.randn(8, 4)).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            typer.echo(f"{epoch} {step} {loss.item():.6f}")
    typer.echo(f"would write to {out.name}")


@app.command()
def evaluate() -> None:
    typer.echo("nothing to see")


if __name__ == "__main__":
    app(["--seed", "3", "train", "model.pt", "--epochs", "4"])
