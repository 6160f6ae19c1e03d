"""`midrun why`."""

from __future__ import annotations

import click

from midrun.cli import options


@click.command(short_help="Tell where a NaN comes from, and try cures.")
@click.argument("run", metavar="[RUN]", required=False, shell_complete=options.complete_names)
@click.option("--no-cures", is_flag=True, help="Only tell; try no cures.")
@click.option("--apply", is_flag=True, help="Write the best cure into your file.")
@options.as_json
@options.store
def why(run: str | None, no_cures: bool, apply: bool, as_json: bool, store: str | None) -> None:
    """Go back before the step at which a run became NaN or infinite, repeat it with every operation
    watched, tell the first bad one and its cause, and try the usual cures as branches of the run.
    Default: the newest run.

    \b
    midrun why
    midrun why 1123-091502-k3 --json
    midrun why --apply
    """
    from midrun.numerics.cures.trying import apply_best, try_cures
    from midrun.numerics.why import explain, find_case
    from midrun.report import as_json as to_json
    from midrun.report import reasons, terminal
    from midrun.report.finding import existing_store

    case = find_case(existing_store(store), run)
    found = explain(case)
    tried = [] if no_cures else try_cures(case.start, found)
    found.cures = [cure for cure, _ in tried]
    if as_json:
        click.echo(to_json.dump(found.as_dict()))
    else:
        terminal.console().print(reasons.screen(found))
    if apply:
        click.echo(f"midrun: {apply_best(tried)}", err=True)
