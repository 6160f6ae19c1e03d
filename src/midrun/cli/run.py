"""`midrun run` and `midrun resume`."""

from __future__ import annotations

from typing import Any

import click

from midrun.cli import options

# What comes after the script is the script's, options too.
_FOR_A_SCRIPT = {"allow_interspersed_args": False}


@click.command(short_help="Run a script and take savepoints.", context_settings=_FOR_A_SCRIPT)
@options.running
@options.no_log
def run(
    target: str, arguments: tuple[str, ...], is_module: bool, store: str | None, **saving: Any
) -> None:
    """Run a script as python does, and take savepoints on the way.

    \b
    midrun run train.py --epochs 3
    midrun run --at train.py:42#3 --every 10m train.py
    midrun run -m package.train
    """
    from midrun.report.finding import folder_for
    from midrun.run.spec import execute

    folder = folder_for(target, is_module=is_module, named=store)
    spec = options.spec(str(folder), target=target, is_module=is_module, **saving)
    execute(spec, list(arguments))


@click.command(short_help="Continue from a savepoint in edited code.")
@click.argument(
    "savepoint", metavar="[RUN[:SAVEPOINT]]", required=False, shell_complete=options.complete_names
)
@click.option(
    "--set", "assignments", metavar="NAME=EXPR", multiple=True,
    help="Change a variable first: of the innermost function, or FUNCTION.NAME of another.",
)  # fmt: skip
@click.option(
    "--device", metavar="DEVICE", default="",
    help="Put what was on an accelerator on this device, for example: cpu.",
)  # fmt: skip
@click.option("--strict", is_flag=True, help="Take the newest savepoint that no edit makes stale.")
@click.option("--trust", is_flag=True, help="Load a savepoint that is not marked as your own.")
@click.option("--cold", is_flag=True, help="Start a new interpreter, even beside a midrun watch.")
@options.saving
@options.sentinel
@options.no_log
@options.store
def resume(
    savepoint: str | None,
    assignments: tuple[str, ...],
    device: str,
    strict: bool,
    trust: bool,
    cold: bool,
    store: str | None,
    **saving: Any,
) -> None:
    """Continue from a savepoint, in the code as it is now. Default: the newest of all.

    \b
    midrun resume
    midrun resume 1123-091502-k3:4 --set lr=0.01
    """
    from midrun.report.finding import existing_store
    from midrun.run.spec import execute
    from midrun.run.stale import strict_choice

    found = existing_store(store).savepoint(savepoint)
    if strict:
        chosen = strict_choice(found)
        if chosen.spec != found.spec:
            click.echo(f"midrun: {found.spec} is stale; resuming {chosen.spec}", err=True)
        found = chosen
    spec = options.spec(
        str(found.run.store.folder),
        savepoint=found.spec,
        assignments=list(assignments),
        trust=trust,
        device=device,
        hash_seed=found.run.info.get("hash_seed", ""),
        **saving,
    )
    if not cold:
        from midrun.loop.joining import continue_warm

        continue_warm(spec, found)
    execute(spec, [])
