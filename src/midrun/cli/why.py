"""`midrun why` and `midrun grads`."""

from __future__ import annotations

import sys

import click

from midrun.cli import options


@click.command(short_help="Tell where a NaN comes from, and try cures.")
@click.argument("run", metavar="[RUN]", required=False, shell_complete=options.complete_names)
@click.option("--no-cures", is_flag=True, help="Only tell; try no cures.")
@click.option("--apply", is_flag=True, help="Write the best cure into your file.")
@click.option("--standby", is_flag=True, hidden=True)
@options.as_json
@options.store
def why(
    run: str | None,
    no_cures: bool,
    apply: bool,
    standby: bool,
    as_json: bool,
    store: str | None,
) -> None:
    """Go back before the step at which a run became NaN or infinite, repeat it with every operation
    watched, tell the first bad one and its cause, and try the usual cures as branches of the run.
    Default: the newest run.

    \b
    midrun why
    midrun why 1123-091502-k3 --json
    midrun why --apply
    """
    from midrun.branch.process import branch_folder
    from midrun.numerics.cures.trying import apply_best, try_cures
    from midrun.numerics.why import explain, opened, opened_at_alarm
    from midrun.report import as_json as to_json
    from midrun.report import reasons, terminal
    from midrun.report.finding import existing_store

    runs = existing_store(store)
    with branch_folder() as folder:
        opening = (
            opened_at_alarm(runs, run, folder, sys.stdin)
            if standby and run is not None
            else opened(runs, run, folder)
        )
        with opening as case:
            if case is None:
                return
            found, start = explain(case, folder)
            if not as_json:
                terminal.console().print(reasons.screen(found))
                sys.stdout.flush()
            tried = [] if no_cures else try_cures(start, found, case.warm)
    found.cures = [cure for cure, _ in tried]
    if as_json:
        click.echo(to_json.dump(found.as_dict()))
    elif not no_cures:
        terminal.console().print(reasons.cures(found.cures))
    if apply:
        click.echo(f"midrun: {apply_best(tried)}", err=True)


@click.command(short_help="Show the gradients of each component, by hindsight.")
@click.option(
    "--at", metavar="RUN[:SAVEPOINT]", shell_complete=options.complete_names,
    help="The savepoint to start from. Default: the newest of the newest run.",
)  # fmt: skip
@click.option(
    "--steps", metavar="N", type=click.IntRange(min=1), default=50, show_default=True,
    help="How many steps of the optimizer are repeated.",
)  # fmt: skip
@click.option(
    "--every", metavar="N", type=click.IntRange(min=1), default=1, show_default=True,
    help="Show each Nth of them.",
)  # fmt: skip
@click.option(
    "--depth", metavar="N", type=click.IntRange(min=1), default=1, show_default=True,
    help="How far below the model a component is: 1 for its children.",
)  # fmt: skip
@options.as_json
@options.store
def grads(
    at: str | None, steps: int, every: int, depth: int, as_json: bool, store: str | None
) -> None:
    """Repeat some steps from a savepoint, and show the norm of the gradient of each component.

    \b
    midrun grads
    midrun grads --at k3:2 --steps 200 --every 20
    """
    from midrun.numerics.gradients import gradients
    from midrun.report import as_json as to_json
    from midrun.report import history, terminal
    from midrun.report.finding import existing_store

    found = gradients(existing_store(store).savepoint(at), steps=steps, every=every, depth=depth)
    if as_json:
        click.echo(to_json.dump(found))
    else:
        terminal.console().print(history.gradients(found))
