"""Runs programs under midrun in forks of one warm interpreter: twenty times as fast as new ones.

`python forkserver.py [MODULE...]` imports these, then reads a JSON line for each program and
answers with its exit code.
`Forks` is the side of the tests; `FastVerifier` is a `Verifier` that uses it.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from dataclasses import replace
from pathlib import Path
from typing import Any

from midrun.run.spec import Spec
from midrun.verify.mask import Outcome
from midrun.verify.verify import Verifier


class Forks:
    """`modules` are imported before the forks."""

    def __init__(self, *modules: str) -> None:
        self._modules = modules
        self._start()

    def run(self, spec: Spec, arguments: list[str], cwd: Path, out: Path, err: Path) -> int:
        request = [spec.write(), arguments, str(cwd), str(out), str(err)]
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        try:
            self._server.stdin.write(json.dumps(request) + "\n")
            self._server.stdin.flush()
            return int(self._server.stdout.readline())
        except BaseException:  # a time-out: the answer that is still to come is not the next one's
            os.killpg(self._server.pid, signal.SIGKILL)
            self.close()
            self._start()
            raise

    def _start(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-P", __file__, *self._modules],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": "7"},
            start_new_session=True,
        )

    def close(self) -> None:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.close()
        self._server.stdout.close()
        self._server.wait()


class FastVerifier(Verifier):
    forks: Forks

    def _again(self, first: Outcome) -> Outcome:
        return first  # the programs of the tests are the same each time

    def _start(self, spec: Spec, arguments: list[str], cwd: Path, stop: bool = False) -> Outcome:
        self._runs += 1
        folder = self._folder / str(self._runs)
        folder.mkdir()
        spec = replace(spec, store=str(self._folder / "store"), verify=str(folder), budget=0.0)
        spec = replace(spec, seed=self._seed, quiet=True, stop=stop, hash_seed="user 7")
        began = time.monotonic()
        code = self.forks.run(spec, arguments, cwd, folder / "out", folder / "err")
        final = folder / "final.json"
        state = json.loads(final.read_text()) if final.exists() else {}
        out, err = (folder / "out").read_bytes(), (folder / "err").read_bytes()
        return Outcome(code, out, err, state, time.monotonic() - began, **state.pop("counts", {}))


def _child(request: list[Any]) -> int:
    from midrun.run.boot import boot

    spec, arguments, cwd, out, err = request
    for descriptor, path in ((0, os.devnull), (1, out), (2, err)):
        opened = os.open(path, os.O_RDWR | os.O_CREAT | (os.O_TRUNC if descriptor else 0), 0o644)
        os.dup2(opened, descriptor)
        os.close(opened)
    os.chdir(cwd)
    try:
        boot(spec, arguments)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def _serve(modules: list[str]) -> None:
    for name in modules:
        importlib.import_module(name)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            code = 99
            os.setpgid(0, 0)
            try:
                code = _child(json.loads(line))
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code & 0xFF)
        status = os.waitpid(pid, 0)[1]
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)  # the workers of a program that was stopped
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    _serve(sys.argv[1:])
