"""`midrun why`."""

from __future__ import annotations

import click

from midrun.cli import options


@click.command(short_help="Tell where a NaN comes from.")
@click.argument("run", metavar="[RUN]", required=False, shell_complete=options.complete_names)
@options.as_json
@options.store
def why(run: str | None, as_json: bool, store: str | None) -> None:
    """Go back before the step at which a run became NaN or infinite, repeat it with every operation
    watched, and tell the first bad one and its cause. Default: the newest run.

    \b
    midrun why
    midrun why 1123-091502-k3 --json
    """
    from midrun.numerics.why import explain, find_case
    from midrun.report import as_json as to_json
    from midrun.report import reasons, terminal
    from midrun.report.finding import existing_store

    found = explain(find_case(existing_store(store), run))
    if as_json:
        click.echo(to_json.dump(found.as_dict()))
    else:
        terminal.console().print(reasons.screen(found))
