"""What several commands take: options, and the kinds of values that they have."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from midrun.run.spec import Spec

Command = TypeVar("Command", bound=Callable[..., Any])

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "": 1.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]*)\s*")


def duration(value: str) -> float:
    """Seconds, from what people write: 90, 30s, 10m, 1h, 1h30m."""
    text = value.strip().lower()
    parts = _PART.findall(text)
    whole = "".join(match.group() for match in _PART.finditer(text)) == text
    if not parts or not whole or any(unit not in _SECONDS for _, unit in parts):
        raise click.BadParameter(f"{value} is no duration; write 90, 30s, 10m, 1h or 1h30m")
    seconds = sum(float(number) * _SECONDS[unit] for number, unit in parts)
    if seconds <= 0:
        raise click.BadParameter(f"{value} is no time at all; write 30s or 10m, say")
    return seconds


def share(value: str) -> float:
    """A share between 0 and 1, from 2% or 0.02."""
    text = value.strip()
    try:
        found = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        found = -1.0
    if not 0 <= found <= 1:
        raise click.BadParameter(f"{value} is no share of the time; write 2%, 0.02 or 0")
    return found


def complete_names(ctx: click.Context, param: click.Parameter, typed: str) -> list[CompletionItem]:
    """Runs and savepoints of the store, for the shell."""
    from midrun.errors import MidrunError
    from midrun.report.finding import existing_store
    from midrun.report.listing import names

    try:
        found = names(existing_store(ctx.params.get("store")))
    except (MidrunError, OSError):
        return []
    return [CompletionItem(name) for name in found if name.startswith(typed)]


def store(command: Command) -> Command:
    """The option --store."""
    return click.option(
        "--store",
        metavar="DIR",
        envvar="MIDRUN_STORE",
        show_envvar=True,
        help="The folder of the savepoints. Default: .midrun in the root of the project.",
        type=click.Path(file_okay=False),
    )(command)


def as_json(command: Command) -> Command:
    """The option --json."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def saving(command: Command) -> Command:
    """The options that say when savepoints are taken."""
    for add in reversed((
        click.option(
            "--at", metavar="FILE:LINE[#N]", multiple=True,
            help="Save when this line is reached (the Nth time). Can be given several times.",
        ),
        click.option("--every", metavar="DURATION", type=duration, help="Save every 10m, say."),
        click.option(
            "--budget", metavar="SHARE", type=share, default="2%", show_default=True,
            help="How much of the time savepoints that nobody asked for may take; 0 for none.",
        ),
    )):  # fmt: skip
        command = add(command)
    return command


def no_log(command: Command) -> Command:
    """The option --no-log."""
    return click.option(
        "--no-log", is_flag=True, help="Do not log values of loops and what is printed."
    )(command)


def sentinel(command: Command) -> Command:
    """The options that say what happens when the training becomes NaN."""
    for add in reversed((
        click.option(
            "--on-nan", type=click.Choice(["ask", "continue", "stop"]), default="ask",
            show_default=True,
            help="What to do when the training becomes NaN, once it is told why.",
        ),
        click.option("--no-cures", is_flag=True, help="Do not try cures for it."),
        click.option("--no-sentinel", is_flag=True, help="Do not watch for NaN."),
    )):  # fmt: skip
        command = add(command)
    return command


def through(command: Command) -> Command:
    """The option --through."""
    return click.option(
        "--through", metavar="PACKAGE", multiple=True,
        help="Save inside this installed package too, at any of its lines.",
    )(command)  # fmt: skip


def module(command: Command) -> Command:
    """The option -m, as Python has it."""
    return click.option(
        "-m", "is_module", is_flag=True, help="Run a module by its name, as python -m does."
    )(command)


def script(command: Command) -> Command:
    """The script and its arguments, of which midrun reads none."""
    command = click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[ARGS]...")(
        command
    )
    return click.argument("target", metavar="SCRIPT", type=click.Path())(command)


def running(command: Command) -> Command:
    """What the commands that start a script take."""
    for add in (script, module, store, through, sentinel, saving):
        command = add(command)
    return command


def spec(
    store: str,
    *,
    at: tuple[str, ...],
    on_nan: str,
    no_cures: bool,
    no_sentinel: bool,
    no_log: bool = False,
    through: tuple[str, ...] = (),
    **others: Any,
) -> Spec:
    """What the options of `saving`, `sentinel`, `no_log` and `through` ask for; `others` are as
    `Spec` has them."""
    from midrun.run.spec import Spec

    return Spec(
        store=store,
        at=list(at),
        on_nan="" if no_sentinel else on_nan,
        cures=not no_cures,
        journal=not no_log,
        through=list(through),
        **others,
    )
