"""`midrun data`."""

from __future__ import annotations

import click

from midrun.cli import options


@click.command(short_help="Look at data before training on it.")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option(
    "--bad", metavar="FILE", type=click.Path(dir_okay=False),
    help="Write the files that are of no use into FILE, a path a line.",
)  # fmt: skip
@click.option("--show", metavar="N", type=click.IntRange(min=0), help="Show item N, and no more.")
@click.option(
    "--workers", metavar="N", type=click.IntRange(min=1),
    help="How many processes read. Default: one for each processor.",
)  # fmt: skip
@options.as_json
@click.pass_context
def data(
    ctx: click.Context,
    paths: tuple[str, ...],
    bad: str | None,
    show: int | None,
    workers: int | None,
    as_json: bool,
) -> None:
    """Read data as a training would, and tell what is wrong with it: folders, files, or a Dataset
    of yours as FILE.py:NAME. Nothing is changed. Exit with 1 if there is a fault.

    \b
    midrun data data/
    midrun data train.csv test.csv --bad bad.txt
    midrun data train.py:build_dataset --show 17
    """
    from midrun.data import badlist, check, items
    from midrun.data import show as showing
    from midrun.report import as_json as to_json
    from midrun.report import data as words
    from midrun.report import item as item_words
    from midrun.report import terminal

    target = items.target_of(paths)
    console = terminal.console()
    if show is not None:
        shown = items.show_item(target, show) if target else showing.show_file(paths, show)
        files = item_words.write_pictures(shown)
        if as_json:
            click.echo(to_json.dump([*item_words.as_dicts(shown, files)]))
        else:
            columns = console.width if console.is_terminal else 0
            console.print(item_words.screen(shown, files, columns))
        return
    if bad is not None:
        badlist.refuse_to_replace(bad)
    with words.progress() as tell:
        if target is not None:
            report = items.check_items(target, workers, tell)
        else:
            report = check.check(paths, workers, tell)
    if bad is not None:
        click.echo(f"midrun: {badlist.write(bad, report)}", err=True)
    if as_json:
        click.echo(to_json.dump(report.as_dict()))
    else:
        console.print(words.screen(report))
    if report.faults:
        ctx.exit(1)
