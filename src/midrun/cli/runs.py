"""`midrun ls`, `show`, `rm` and `gc`: what there is, and getting rid of it."""

from __future__ import annotations

import click

from midrun.cli import options
from midrun.report import as_json as json
from midrun.report import words
from midrun.report.finding import existing_store


@click.command(short_help="List runs and savepoints.")
@click.argument("run", metavar="[RUN]", required=False, shell_complete=options.complete_names)
@options.as_json
@options.store
def ls(run: str | None, as_json: bool, store: str | None) -> None:
    """List runs, what continues them, and their savepoints; the newest come last."""
    from midrun.report.listing import list_runs

    lines = list_runs(existing_store(store), run)
    if as_json:
        click.echo(json.dump(lines))
        return
    from midrun.report import terminal

    terminal.console().print(terminal.runs(lines))


@click.command(short_help="Show what a run has logged, or a savepoint.")
@click.argument(
    "name", metavar="[RUN|RUN:SAVEPOINT]", required=False, shell_complete=options.complete_names
)
@options.as_json
@options.store
def show(name: str | None, as_json: bool, store: str | None) -> None:
    """Show a RUN: the values of its loops' variables, how it ended, what was edited before it went
    on. Or a savepoint, by default the newest: where it is, what is in it, what is not, what has
    been edited since."""
    from midrun.report.details import describe
    from midrun.report.logged import RunLog, named, read_log
    from midrun.store import Savepoint

    found = named(existing_store(store), name)
    shown = describe(found) if isinstance(found, Savepoint) else read_log(found)
    if as_json:
        click.echo(json.dump(shown))
        return
    from midrun.report import curves, terminal

    terminal.console().print(
        curves.log(shown) if isinstance(shown, RunLog) else terminal.details(shown)
    )


@click.command(short_help="Remove runs or savepoints.")
@click.argument(
    "names", metavar="RUN|RUN:SAVEPOINT...", nargs=-1, required=True,
    shell_complete=options.complete_names,
)  # fmt: skip
@options.as_json
@options.store
def rm(names: tuple[str, ...], as_json: bool, store: str | None) -> None:
    """Remove runs or savepoints. What they share with others stays; gc frees the rest."""
    found = existing_store(store)
    removed: list[str] = []
    try:
        for name in names:
            removed += found.remove(name)
            if not as_json:
                click.echo(f"removed {removed[-1]}")
    finally:  # what is gone is told even if a later name is unknown
        if as_json:
            click.echo(json.dump({"removed": removed}))


@click.command(short_help="Free the space of what was removed.")
@options.as_json
@options.store
def gc(as_json: bool, store: str | None) -> None:
    """Delete what no savepoint needs any more. Safe while runs go on."""
    files, size = existing_store(store).gc()
    if as_json:
        click.echo(json.dump({"files": files, "bytes": size}))
    else:
        click.echo(f"deleted {words.count(files, 'file')}, {words.size(size)}")
