"""Runs training scripts under the eyes of a replay, in forks of one interpreter that has torch.

`python watched.py` reads the path of a script a line, and answers with what `midrun why` would say,
as JSON. `Watched` is the side of the tests.
"""

from __future__ import annotations

import json
import os
import re
import runpy
import subprocess
import sys
import tempfile
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

_BLAME = re.compile(r"# BLAME (\S+) (\S+)")


@dataclass(frozen=True)
class Blame:
    """What a script says of its defect: the line, the cause and the phase."""

    line: int
    cause: str
    phase: str

    @classmethod
    def of(cls, script: Path) -> Blame:
        lines = enumerate(script.read_text().splitlines(), 1)
        [(line, found)] = [(n, m) for n, text in lines if (m := _BLAME.search(text))]
        return cls(line, found[1], found[2])


class Watched:
    def __init__(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-P", "-W", "ignore", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, script: Path) -> dict[str, Any] | None:
        """The finding of a script, as plain data; None if nothing was wrong."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(f"{script}\n")
        self._server.stdin.flush()
        answer = json.loads(self._server.stdout.readline())
        assert "found" in answer, answer["error"]
        return answer["found"]

    def close(self) -> None:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.close()
        self._server.stdout.close()
        self._server.wait()


class _Own:
    """Stands for the files of the program: the script alone."""

    def __init__(self, script: str) -> None:
        self._script = script

    def has_file(self, path: str) -> bool:
        return path == self._script


@dataclass
class _Run:
    own: _Own


def _child(script: str, out: str) -> NoReturn:
    import torch

    from midrun.numerics.replay import Replay, Request
    from midrun.run.sentinel import Count
    from midrun.run.steps import watch_steps

    torch.set_num_threads(1)
    os.chdir(tempfile.mkdtemp())
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    replay = Replay(_Run(_Own(script)), Request(Count(), 1 << 60, out, "", []))
    watch_steps(replay)
    replay.begin()
    error = None
    try:
        runpy.run_path(script, run_name="__main__")
    except Exception as raised:
        error = raised
    replay.end(error)
    raise AssertionError("the replay has not answered")


def _serve() -> None:

    import midrun.numerics.microscope.lens  # noqa: F401  (imports torch, once for all)

    for line in sys.stdin:
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "answer.json")
            pid = os.fork()
            if pid == 0:
                try:
                    _child(line.strip(), out)
                except BaseException:
                    error = json.dumps({"error": traceback.format_exc()})
                    Path(out).write_text(error)
                    os._exit(1)
            os.waitpid(pid, 0)
            answer = Path(out).read_text() if os.path.exists(out) else '{"error": "killed"}'
        print(" ".join(answer.split()), flush=True)


if __name__ == "__main__":
    _serve()
