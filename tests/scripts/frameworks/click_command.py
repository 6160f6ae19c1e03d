"""A training function that is a click command: click's context is there after the resume."""

import click
import torch


@click.group()
@click.option("--seed", default=0)
@click.pass_context
def cli(ctx, seed):
    ctx.obj = {"seed": seed}
    torch.manual_seed(seed)


@cli.command()
@click.option("--epochs", default=3)
@click.option("--lr", default=0.1)
@click.pass_obj
def train(obj, epochs, lr):
    model = torch.nn.Linear(4, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for epoch in range(epochs):
        for step in range(4):
            loss = model(torch.randn(8, 4)).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            click.echo(f"{epoch} {step} {loss.item():.6f}")
        context = click.get_current_context()
        click.echo(f"{context.command_path} {context.params} {context.obj is obj} {obj}")


@cli.result_callback()
def done(result, seed):
    click.echo(f"done {result} {seed}")


if __name__ == "__main__":
    cli(["--seed", "3", "train", "--epochs", "4", "--lr", "0.05"])
