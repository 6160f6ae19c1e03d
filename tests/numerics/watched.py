"""Runs training scripts under the eyes of a replay, or of a branch that tries a cure, in forks of
one interpreter that has torch.

`python watched.py` reads a request a line, the path of a script and perhaps a trial, and answers
with what the process of `midrun why` would write, as JSON. `Watched` is the side of the tests.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import runpy
import signal
import subprocess
import sys
import tempfile
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from midrun.numerics.attached import Attached
from midrun.numerics.cures.branch import Branch, Outcome, Trial
from midrun.numerics.replay import Replay, Request
from midrun.run.seen import Count

_SECONDS = 60  # after which a script is ended
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
        answer = self._ask(script)
        assert "found" in answer, answer["error"]
        return answer["found"]

    def outcome(self, script: Path, trial: Trial) -> Outcome | None:
        """How a trial of a script goes; None if it gives no answer."""
        answer = self._ask(script, trial.write())
        return None if "error" in answer else Outcome.read(json.dumps(answer))

    def _ask(self, script: Path, trial: str | None = None) -> dict[str, Any]:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps([str(script), trial]) + "\n")
        self._server.stdin.flush()
        return json.loads(self._server.stdout.readline())

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
    sentinel: Any = None


def _child(script: str, trial: str | None, out: str) -> NoReturn:
    import torch

    signal.alarm(_SECONDS)
    torch.set_num_threads(1)
    os.chdir(os.path.dirname(out))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    attached: Attached
    if trial is None:
        run = _Run(_Own(script))
        attached = Replay(run, Request(Count(), 1 << 60, out, "", []))
    else:
        tried = dataclasses.replace(Trial(**json.loads(trial)), out=out)
        edited = os.path.join(os.path.dirname(out), os.path.basename(script))
        Path(edited).write_text(tried.overlay.get(script) or Path(script).read_text())
        script = edited
        run = _Run(_Own(script))
        attached = Branch(run, tried)
    attached.attach(run)
    attached.begin()
    error = None
    try:
        runpy.run_path(script, run_name="__main__")
    except Exception as raised:
        error = raised
    attached.end(error)
    raise AssertionError("there was no answer")


def _serve() -> None:
    import torch._dynamo  # noqa: F401  (which the first optimizer imports)

    import midrun.numerics.microscope.lens  # noqa: F401  (imports torch, once for all)

    for line in sys.stdin:
        script, trial = json.loads(line)
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "answer.json")
            pid = os.fork()
            if pid == 0:
                try:
                    _child(script, trial, out)
                except BaseException:
                    error = json.dumps({"error": traceback.format_exc()})
                    Path(out).write_text(error)
                    os._exit(1)
            os.waitpid(pid, 0)
            answer = Path(out).read_text() if os.path.exists(out) else '{"error": "killed"}'
        print(" ".join(answer.split()), flush=True)


if __name__ == "__main__":
    _serve()
