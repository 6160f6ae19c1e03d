"""What the benchmarks share: a place to work in, processes to measure, rows of a table.

Every ratio comes from runs that take turns, so that a busy machine slows both sides alike; the
median of each side is compared, and the spread of the repeated ratios is given beside it.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCRIPTS = Path(__file__).parent / "scripts"


@dataclass(frozen=True)
class Ran:
    """One process: its exit status and output, and the seconds that it took."""

    code: int
    out: str
    err: str
    wall: float


@dataclass(frozen=True)
class Row:
    """One line of the table. `met` is None where there is no goal."""

    what: str
    measured: str
    goal: str = ""
    met: bool | None = None

    def cells(self) -> tuple[str, str, str, str]:
        verdict = "" if self.met is None else "met" if self.met else "missed"
        return self.what, self.measured, self.goal, verdict


class Workplace:
    """A temporary folder with a store and a key of its own, where scripts are run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / "store"
        # Imports are to find their bytecode, as a user's do.
        plain = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        self._environment = plain | {
            "MIDRUN_STORE": str(self.store),
            "MIDRUN_KEY_FILE": str(folder / "key"),
            "PYTHONHASHSEED": "0",
        }

    def python(self, *arguments: str | Path | int, check: bool = True) -> Ran:
        """Run the interpreter that runs this one, with what `arguments` say.

        Raises RuntimeError if it fails, unless `check` is false.
        """
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
        )
        wall = time.perf_counter() - began
        if check and done.returncode:
            raise RuntimeError(f"{arguments} exited with {done.returncode}:\n{done.stderr}")
        return Ran(done.returncode, done.stdout, done.stderr, wall)

    def midrun(self, *arguments: str | Path | int, check: bool = True) -> Ran:
        """Run the command `midrun` with `arguments`."""
        return self.python("-m", "midrun", *arguments, check=check)

    def start(self, *arguments: str | Path | int) -> subprocess.Popen[str]:
        """Start the command `midrun` with `arguments`, without a terminal."""
        return subprocess.Popen(
            [sys.executable, "-m", "midrun", *map(str, arguments)],
            cwd=self.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def forget(self) -> None:
        """Remove the store."""
        shutil.rmtree(self.store, ignore_errors=True)

    def manifests(self) -> list[dict[str, Any]]:
        """The manifests of all savepoints, in the order of their numbers."""
        found = [json.loads(p.read_bytes()) for p in self.store.rglob("manifest.json")]
        return sorted(found, key=lambda manifest: manifest["number"])


@contextmanager
def workplace() -> Iterator[Workplace]:
    """A workplace that is removed afterwards; TMPDIR says on which disk."""
    with tempfile.TemporaryDirectory(prefix="midrun-bench-") as folder:
        yield Workplace(Path(folder).resolve())


def copy_in(work: Workplace, name: str) -> Path:
    """A script of the benchmarks, copied to the workplace: its folder counts as its project."""
    return Path(shutil.copy(SCRIPTS / name, work.folder))


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> tuple[float, str]:
    """The ratio of the medians of two series that took turns, and its text with the range of the
    ratios of single turns."""
    turns = [a / b for a, b in zip(ours, theirs, strict=True)]
    value = median(ours) / median(theirs)
    return value, f"{value:.3f} ({min(turns):.3f} to {max(turns):.3f}, n={len(turns)})"


def seconds(values: Sequence[float]) -> str:
    """The median and range of times, in the unit that reads best."""
    if median(values) < 1:
        low, middle, high = (f"{1e3 * v:.0f}" for v in (min(values), median(values), max(values)))
        return f"{middle} ms ({low} to {high})"
    return f"{median(values):.2f} s ({min(values):.2f} to {max(values):.2f})"
