"""`midrun doctor`: what works here."""

from __future__ import annotations

import click

from midrun.cli import options


@click.command(short_help="Say what works on this machine.")
@options.as_json
@options.store
@click.pass_context
def doctor(ctx: click.Context, as_json: bool, store: str | None) -> None:
    """Say what works on this machine; exit with 1 if something does not."""
    from midrun.report.health import examine

    checks = examine(store)
    if as_json:
        from midrun.report.as_json import dump

        click.echo(dump(checks))
    else:
        from midrun.report import terminal

        terminal.console().print(terminal.checks(checks))
    if any(check.works is False for check in checks):
        ctx.exit(1)
