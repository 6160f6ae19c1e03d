"""`midrun rehearse`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from midrun.cli import options


@click.command(
    short_help="Run the whole experiment in a minute, before the night.",
    context_settings={"allow_interspersed_args": False},
)
@click.option(
    "--budget", metavar="DURATION", type=options.duration, default="16h", show_default=True,
    help="How long the whole run may take.",
)  # fmt: skip
@click.option(
    "--keep", metavar="DIR", type=click.Path(file_okay=False),
    help="Copy what the script wrote, and what it printed, to this folder.",
)  # fmt: skip
@click.option("--no-data", is_flag=True, help="Don't look at the data that the script opens.")
@click.option(
    "--through", metavar="PACKAGE", multiple=True,
    help="Cut the loops of this installed package, too.",
)  # fmt: skip
@options.as_json
@options.module
@options.script
@click.pass_context
def rehearse(
    ctx: click.Context,
    target: str,
    arguments: tuple[str, ...],
    is_module: bool,
    budget: float,
    keep: str | None,
    no_data: bool,
    through: tuple[str, ...],
    as_json: bool,
) -> None:
    """Run a script through all of its phases, its long loops cut short, in a copy of the world:
    nothing of yours is changed. Tells what fails, what never ran, and how long the whole run will
    take. Exit with 1 if there is a fault.

    \b
    midrun rehearse train.py --epochs 300
    midrun rehearse --budget 8h -m package.train
    """
    from midrun.rehearse.passes import Script, stage
    from midrun.rehearse.rehearsal import rehearse as run
    from midrun.report import as_json as to_json
    from midrun.report import rehearsal as words
    from midrun.report import terminal
    from midrun.report.progress import status

    script = Script(target, list(arguments), is_module, os.getcwd(), through)
    with stage(keep=Path(keep) if keep else None) as at, status("rehearsing") as tell:
        found = run(script, at, budget=budget, with_data=not no_data, progress=tell)
    if as_json:
        click.echo(to_json.dump(found.as_dict()))
    else:
        terminal.console().print(words.screen(found))
    ctx.exit(1 if found.has_faults else 0)
