"""Whether a keeper is what a request needs: what its libraries found when they were imported has to
be what they would find in a process of its own."""

from __future__ import annotations

from collections.abc import Mapping

from midrun.warm.fork import Request
from midrun.warm.job import Job

# Variables that describe the terminal, and what a shell sets anew all the time: no library's import
# depends on them.
_OF_THE_TERMINAL = {
    "COLUMNS", "LINES", "OLDPWD", "PWD", "SHLVL", "TERM", "TMUX", "TMUX_PANE", "WINDOWID", "_",
}  # fmt: skip
_HASHES = "PYTHONHASHSEED"


def with_changes(environ: Mapping[str, str], changes: dict[str, str | None]) -> dict[str, str]:
    """An environment with what a program has changed of it."""
    left = {name: value for name, value in environ.items() if name not in changes}
    return left | {name: value for name, value in changes.items() if value is not None}


def difference(one: Mapping[str, str], other: Mapping[str, str]) -> str | None:
    """A variable that differs and may matter to the import of a library."""
    names = {*one, *other} - _OF_THE_TERMINAL - {_HASHES}
    return next((n for n in sorted(names) if one.get(n) != other.get(n)), None)


def misfit(job: Job, request: Request) -> str | None:
    """Why the keeper with this job is not what a request needs; None if it is."""
    if request.command[: len(job.interpreter)] != job.interpreter:
        return "it is another Python"
    name = difference(job.environ, with_changes(request.environ, request.changes))
    if name is not None:
        return f"the environment variable {name} is another one"
    if request.environ[_HASHES] != job.hash_seed.removeprefix("user "):
        return "it was saved with other hashes of strings"
    return None
