"""`midrun goto` and `midrun log`."""

from __future__ import annotations

import click

from midrun.cli import options


@click.command(short_help="Go to any position of a run, and look around there.")
@click.argument("position", metavar="FILE:LINE[#N]|crash[-N]")
@click.argument("run", metavar="[RUN]", required=False, shell_complete=options.complete_names)
@click.option(
    "--step", metavar="N", type=click.IntRange(min=1),
    help="The Nth round of the loop around the line.",
)  # fmt: skip
@click.option("--pdb", "debug", is_flag=True, help="Open the debugger (the default).")
@click.option("--shell", is_flag=True, help="Open a shell: IPython, if it is installed.")
@click.option(
    "--print", "expressions", metavar="EXPR", multiple=True,
    help="Print a value and leave. Can be given several times.",
)  # fmt: skip
@options.store
def goto(
    position: str,
    run: str | None,
    step: int | None,
    debug: bool,
    shell: bool,
    expressions: tuple[str, ...],
    store: str | None,
) -> None:
    """Go to a position of a run: FILE:LINE, at the Nth time that its block is entered (-1 for the
    last), or to its crash, or to the Nth round before it. The program continues from the newest
    savepoint before it, and runs on until there; your files stay as they are. Default: the newest
    run, and the debugger that breakpoint() opens (see PYTHONBREAKPOINT).

    \b
    midrun goto crash
    midrun goto train.py:57#1200 --print "model.fc.weight.grad.norm()"
    midrun goto model.py:31 --step 40 --shell
    """
    from midrun.past.goto import goto as go
    from midrun.past.position import Past, find_run
    from midrun.past.position import expressions as parsed
    from midrun.report.finding import existing_store

    parsed(expressions)
    past = Past(find_run(existing_store(store), run))
    found = past.start(past.find(position, step=step))
    if not found.exact:
        click.echo(
            f"midrun: line {found.position.line} is passed too often to be counted; its passes are "
            f"counted again, {found.start}",
            err=True,
        )
    then = "print" if expressions else "shell" if shell else "debug"
    go(found, then, list(expressions))


@click.command(short_help="Write down values that a run never logged.")
@click.argument("run", metavar="[RUN]", required=False, shell_complete=options.complete_names)
@click.option(
    "--at", "position", metavar="FILE:LINE[#N]", required=True,
    help="Where, from the Nth time on that its block is entered.",
)  # fmt: skip
@click.option(
    "--print", "texts", metavar="EXPR, EXPR", multiple=True, required=True, help="The values."
)
@click.option(
    "--every", metavar="N", type=click.IntRange(min=1), default=1, show_default=True,
    help="Each Nth time.",
)  # fmt: skip
@options.as_json
@options.store
def log(
    run: str | None,
    position: str,
    texts: tuple[str, ...],
    every: int,
    as_json: bool,
    store: str | None,
) -> None:
    """Repeat a run from its savepoints, in as many processes as there are cores, and write a line
    for every time that a position was reached. Default: the newest run.

    \b
    midrun log --at train.py:57 --print "loss.item(), model.fc.weight.grad.norm()" --every 50
    midrun log k3 --at model.py:31 --print "x.abs().max()" --json
    """
    from midrun.past.hindsight import plan, read
    from midrun.past.position import Past, expressions, find_run
    from midrun.report import as_json as to_json
    from midrun.report.finding import existing_store
    from midrun.report.progress import bar
    from midrun.report.readings import columns
    from midrun.report.words import duration

    wanted = expressions(texts)
    past = Past(find_run(existing_store(store), run))
    todo = plan(past, past.find(position), every=every)
    pieces = len(todo.pieces)
    how = f"in {pieces} processes" if pieces > 1 else "in one process"
    click.echo(f"midrun: repeating the run {how}: about {duration(todo.seconds)}", err=True)
    with bar("repeating") as progress:
        found = read(todo, wanted, progress)
    if as_json:
        click.echo(to_json.dump(found))
    else:
        for line in columns(found):
            click.echo(line)
