"""`midrun watch`."""

from __future__ import annotations

from typing import Any

import click

from midrun.cli import options


@click.command(
    short_help="Run a script, and go on by itself when a mistake is mended.",
    context_settings={"allow_interspersed_args": False},
)
@click.option("--cold", is_flag=True, help="Start each try in a new interpreter.")
@options.running
def watch(
    target: str,
    arguments: tuple[str, ...],
    is_module: bool,
    cold: bool,
    store: str | None,
    **saving: Any,
) -> int:
    """Run a script. When it fails, wait until an edit is saved, and go on from before the failure.

    \b
    midrun watch train.py --epochs 3
    """
    from midrun.loop.watch import Watch
    from midrun.report.finding import folder_for

    folder = folder_for(target, is_module=is_module, named=store)
    spec = options.spec(str(folder), target=target, is_module=is_module, **saving)
    return Watch(spec, list(arguments), cold=cold).run()
