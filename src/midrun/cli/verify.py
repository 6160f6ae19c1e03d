"""`midrun verify`: the proof that a resumed program is the same program."""

from __future__ import annotations

import signal

import click

from midrun.cli import options


@click.command(
    short_help="Prove that resumed equals uninterrupted.",
    context_settings={"allow_interspersed_args": False},
)
@click.option(
    "--points", metavar="N", type=click.IntRange(min=1), default=5, show_default=True,
    help="How many savepoints to resume from.",
)  # fmt: skip
@click.option(
    "--seed", metavar="S", type=click.IntRange(min=0),
    help="Fixes the points, and the random numbers of the script. Default: a new one, printed.",
)  # fmt: skip
@click.option(
    "--stop", is_flag=True,
    help="End the program at each point before it is resumed: for scripts that read what they "
    "wrote. Runs the script anew for each point.",
)  # fmt: skip
@options.through
@options.as_json
@options.module
@options.script
@click.pass_context
def verify(
    ctx: click.Context,
    target: str,
    arguments: tuple[str, ...],
    is_module: bool,
    points: int,
    seed: int | None,
    stop: bool,
    through: tuple[str, ...],
    as_json: bool,
) -> None:
    """Run a script, resume it from savepoints spread at random, and compare all output and state.

    Exits with 0 if all agree, 1 if not, 3 if two uninterrupted runs of the script differ.
    """
    from midrun.report import proof

    # An exception ends the run that is under way, too; the signal's own way would leave it behind.
    signal.signal(signal.SIGTERM, lambda number, frame: ctx.exit(128 + number))
    trial = proof.Trial(target, arguments, is_module, through, points, stop, seed)
    if not as_json:
        click.echo(trial.announcement)
    report = trial.run(lambda point: None if as_json else click.echo(proof.row(point)))
    click.echo(proof.dump(report) if as_json else proof.summary(report))
    ctx.exit(proof.exit_code(report))
