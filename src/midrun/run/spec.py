"""What is to be run and how: the options of `midrun run` and `midrun resume`, as plain data."""

from __future__ import annotations

import dataclasses
import json
import os
import random
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

BOOT = Path(__file__).parent.parent / "_boot"


@dataclass
class Spec:
    """`target` is the script's path, or the module's name if `is_module`; for a resume it is empty,
    and `savepoint` is the savepoint's folder.

    `at` are places as the user wrote them (`FILE:LINE` or `FILE:LINE#N`), `every` is in seconds,
    `budget` is the share of the run time that savepoints may take (0.02 is 2%), `seed` fixes the
    random number generators before the script starts, `device` is where everything goes in a resume
    that was on an accelerator. `verify` makes a run for `midrun verify`: it names the folder that
    takes the digest of the final state, and `points` says where savepoints are taken (see `Watch`),
    `stop` that the program ends after the first, `pause` for how many seconds it stands still after
    the middle one.

    `on_nan` is what happens when the training becomes NaN: "ask", "continue" or "stop"; empty for
    no sentinel; `cures` says whether cures are tried then. `journal` says whether what happens is
    logged.

    `attach` names a function, "package.module:function", that is called with the run and with
    `request` before anything else: so features come to the process that the program runs in. Such
    a run is not entered in the store: what it saves goes to the folder `scratch`.

    `watched` is a run whose end `midrun watch` waits for.
    """

    store: str
    target: str = ""
    is_module: bool = False
    savepoint: str = ""
    at: list[str] = field(default_factory=list)
    every: float | None = None
    budget: float = 0.02
    assignments: list[str] = field(default_factory=list)
    trust: bool = False
    device: str = ""
    through: list[str] = field(default_factory=list)
    seed: int | None = None
    verify: str = ""
    points: list[tuple[int, int]] = field(default_factory=list)
    stop: bool = False
    pause: float = 0.0
    quiet: bool = False
    on_nan: str = ""
    cures: bool = True
    journal: bool = True
    attach: str = ""
    request: str = ""
    scratch: str = ""
    hash_seed: str = ""
    watched: bool = False

    def write(self) -> str:
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def read(cls, text: str) -> Spec:
        spec = cls(**json.loads(text))
        spec.points = [(count, lines) for count, lines in spec.points]
        return spec


def fix_hashes(spec: Spec) -> None:
    """Choose the salt of hashes for `spec`, unless it has one."""
    by_user = os.environ.get("PYTHONHASHSEED", "random")
    if not spec.hash_seed and by_user != "random":
        spec.hash_seed = f"user {by_user}"
    elif not spec.hash_seed:
        spec.hash_seed = str(random.SystemRandom().randrange(1, 1 << 32))


def command(spec: Spec, arguments: list[str]) -> tuple[list[str], dict[str, str]]:
    """The command line and environment of the interpreter that runs `spec`.

    Sets of strings are ordered by their hashes, which Python salts anew in each process; the salt
    is fixed here and kept in the savepoints, so that a resumed run has the same. A salt that the
    user has set is left alone.
    """
    fix_hashes(spec)
    environment = {**os.environ, "PYTHONHASHSEED": spec.hash_seed.removeprefix("user ")}
    return [*interpreter(), str(BOOT), spec.write(), *arguments], environment


def interpreter() -> list[str]:
    """The command of an interpreter like this one, with the same options."""
    options = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]
    return [sys.executable, *options]


def execute(spec: Spec, arguments: list[str]) -> NoReturn:
    """Become the interpreter that runs `spec`."""
    argv, environment = command(spec, arguments)
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(argv[0], argv, environment)
