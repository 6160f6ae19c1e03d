"""`midrun watch`."""

from __future__ import annotations

import click

from midrun.cli import options


@click.command(
    short_help="Run a script, and go on by itself when a mistake is mended.",
    context_settings={"allow_interspersed_args": False},
)
@click.option("--cold", is_flag=True, help="Start each try in a new interpreter.")
@options.saving
@options.sentinel
@options.through
@options.store
@options.module
@options.script
def watch(
    target: str,
    arguments: tuple[str, ...],
    is_module: bool,
    cold: bool,
    at: tuple[str, ...],
    every: float | None,
    budget: float,
    on_nan: str,
    no_cures: bool,
    no_sentinel: bool,
    through: tuple[str, ...],
    store: str | None,
) -> int:
    """Run a script. When it fails, wait until an edit is saved, and go on from before the failure.

    \b
    midrun watch train.py --epochs 3
    """
    from midrun.loop.watch import Watch
    from midrun.report.finding import folder_for
    from midrun.run.spec import Spec

    folder = folder_for(target, is_module=is_module, named=store)
    spec = Spec(
        store=str(folder),
        target=target,
        is_module=is_module,
        at=list(at),
        every=every,
        budget=budget,
        on_nan="" if no_sentinel else on_nan,
        cures=not no_cures,
        through=list(through),
    )
    return Watch(spec, list(arguments), cold=cold).run()
