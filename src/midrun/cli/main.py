"""The command `midrun`, and how it words errors.

A command's module is imported when the command is called, so that `midrun run` does not wait for
what only `midrun ls` needs.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import sys
from typing import NoReturn

import click

from midrun import __version__
from midrun.errors import MidrunError

_BAD_INPUT = 2
_OUR_FAULT = 70  # EX_SOFTWARE of sysexits.h

# Where each command is: the module of midrun.cli, whose function has the command's name.
_COMMANDS = {
    "run": "run",
    "resume": "run",
    "watch": "watch",
    "verify": "verify",
    "why": "why",
    "grads": "why",
    "goto": "past",
    "log": "past",
    "ls": "runs",
    "show": "runs",
    "rm": "runs",
    "gc": "runs",
    "rehearse": "rehearse",
    "data": "data",
    "doctor": "doctor",
    "completion": "completion",
}


class Commands(click.Group):
    """The group of all commands, imported as they are asked for, in the order of use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"midrun.cli.{_COMMANDS[cmd_name]}")
        command = getattr(module, cmd_name)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in _COMMANDS and not ctx.resilient_parsing and not name.startswith("-"):
            raise MidrunError(f"there is no command {name}; {_meant(name)}", slug="no-command")
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="midrun %(version)s")
def cli() -> None:
    """Save a running Python program to disk, mend its code, and continue from that spot."""


def main() -> NoReturn:
    """Run the command line and exit: 0, 2 for bad input, or what the command says.

    Words go to stderr in lines that begin with `midrun:`. A fault of midrun's own is told in one
    line; MIDRUN_DEBUG=1 shows its traceback.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):  # closed, or replaced
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        code = cli.main(prog_name="midrun", standalone_mode=False)
        sys.stdout.flush()
    except MidrunError as error:
        _refuse(str(error))
    except click.ClickException as error:
        _refuse(_one_line(error))
    except (click.Abort, KeyboardInterrupt):
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        if os.environ.get("MIDRUN_DEBUG"):
            raise
        _say(
            f"a fault of midrun's own: {type(error).__name__}: {error}; please report it with "
            "the traceback that MIDRUN_DEBUG=1 shows"
        )
        sys.exit(_OUR_FAULT)
    sys.exit(code if isinstance(code, int) else 0)


def _meant(name: str) -> str:
    if name.endswith(".py"):
        return f"to run a script, type midrun run {name}"
    import difflib  # here, since it is slow to import and seldom needed

    near = difflib.get_close_matches(name, _COMMANDS, n=1)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(_COMMANDS)}"


def _one_line(error: click.ClickException) -> str:
    """click's message as one sentence, with the way to the usage."""
    if isinstance(error, click.BadParameter) and error.param is not None:
        text = f"{error.param.opts[0]}: {error.message}"
        if isinstance(error, click.MissingParameter):
            text = f"missing: {error.param.human_readable_name}"
    else:
        text = error.format_message()
        text = text[:1].lower() + text[1:]
    text = " ".join(text.split()).removesuffix(".")
    where = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else ""
    return f"{text}; {where} --help shows the usage" if where else text


def _say(text: str) -> None:
    sys.stderr.write(f"midrun: {text}\n")


def _refuse(text: str) -> NoReturn:
    _say(text)
    sys.exit(_BAD_INPUT)


if __name__ == "__main__":
    main()
