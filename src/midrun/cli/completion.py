"""`midrun completion`: the script that makes a shell complete commands, runs and savepoints."""

from __future__ import annotations

import os

import click
from click.shell_completion import get_completion_class

from midrun.errors import MidrunError

_INSTALL = {
    "bash": "midrun completion bash > ~/.local/share/bash-completion/completions/midrun",
    "zsh": "midrun completion zsh > ~/.zfunc/_midrun   (a folder of your $fpath)",
    "fish": "midrun completion fish > ~/.config/fish/completions/midrun.fish",
}


@click.command(short_help="Print a shell's completion script.")
@click.argument("shell", metavar="[bash|zsh|fish]", required=False)
@click.pass_context
def completion(ctx: click.Context, shell: str | None) -> None:
    """Print the completion script of a shell (default: yours), and how to install it."""
    name = shell or os.path.basename(os.environ.get("SHELL", ""))
    kind = get_completion_class(name)
    if kind is None or name not in _INSTALL:
        raise MidrunError(
            f"there is no completion for the shell {name!r}; there is one for bash, zsh and fish",
            slug="no-completion",
        )
    click.echo(kind(ctx.find_root().command, {}, "midrun", "_MIDRUN_COMPLETE").source())
    click.echo(f"# To install it, start a new shell after this:\n#   {_INSTALL[name]}")
