"""Runs scripts with a `Watching` attached, in forks of one interpreter that has torch.

`python watched_scripts.py serve` reads the path of a script a line and answers with the faults, as
JSON. The loops of a script tell of their rounds, and long ones leave most of them out, as in a
rehearsal. `Watched` is the side of the tests.
"""

from __future__ import annotations

import ast
import itertools
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from midrun.rehearse.loops import loaders
from midrun.rehearse.watching.watching import Watching

_WHOLE = 8  # rounds: longer loops are cut


class Watched:
    def __init__(self) -> None:
        self._start()

    def run(self, script: Path) -> dict[str, Any]:
        """The faults, failures of the watching, and the last output of a script."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        try:
            self._server.stdin.write(f"{script}\n")
            self._server.stdin.flush()
            found: dict[str, Any] = json.loads(self._server.stdout.readline())
        except BaseException:  # a time-out: the answer that is still to come is not the next one's
            os.killpg(self._server.pid, signal.SIGKILL)
            self.close()
            self._start()
            raise
        return found

    def _start(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-P", "-W", "ignore", __file__, "serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def close(self) -> None:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.close()
        self._server.stdout.close()
        self._server.wait()


class Rounds:
    """What a script's loops call: the part of the cutter."""

    def __init__(self, watching: Watching | None, file: str, cuts: bool) -> None:
        self._watching = watching
        self._file = file
        self._cuts = cuts
        self._at: dict[int, tuple[int, int | None]] = {}

    def iterate(self, iterable: Any, line: int) -> Iterator[Any]:
        try:
            length = len(iterable)
        except TypeError:
            length = None
        items = iter(iterable)
        for index in itertools.count():
            if self._leaves_out(index, length) and loaders.is_pass(items):
                loaders.leave_out(items, 1)  # without loading it: these may be gigabytes
                continue
            try:
                item = next(items)
            except StopIteration:
                return
            if not self._leaves_out(index, length):
                self._at[line] = index, length
                yield item

    def _leaves_out(self, index: int, length: int | None) -> bool:
        if not self._cuts or length is None or length <= _WHOLE:
            return False
        return index < length and index not in (0, 1, 2, 3, length // 2, length - 1)

    def round(self, line: int) -> None:
        if self._watching is not None:
            self._watching.round(sys._getframe(1), self._file, line, *self._at[line])

    def turn(self, line: int) -> None:
        """A round of a `while`, which counts by itself."""
        index = self._at.get(line, (-1, None))[0] + 1
        self._at[line] = index, None
        if self._watching is not None:
            self._watching.round(sys._getframe(1), self._file, line, index)

    def left(self, line: int) -> None:
        self._at.pop(line, None)
        if self._watching is not None:
            self._watching.left(self._file, line)


class Telling(ast.NodeTransformer):
    """Has the loops of a script tell of their rounds."""

    def visit_For(self, node: ast.For) -> ast.AST:
        self.generic_visit(node)
        line = ast.Constant(node.lineno)
        node.iter = _call("iterate", node.iter, line)
        node.body.insert(0, ast.Expr(_call("round", line)))
        return _leaving(node, line)

    def visit_While(self, node: ast.While) -> ast.AST:
        self.generic_visit(node)
        line = ast.Constant(node.lineno)
        node.body.insert(0, ast.Expr(_call("turn", line)))
        return _leaving(node, line)


def _call(name: str, *args: ast.expr) -> ast.Call:
    rounds = ast.Attribute(ast.Name("@rounds", ast.Load()), name, ast.Load())
    return ast.Call(rounds, list(args), [])


def _leaving(loop: ast.stmt, line: ast.expr) -> ast.AST:
    leave: list[ast.stmt] = [ast.Expr(_call("left", line))]
    return ast.copy_location(ast.Try([loop], [], [], leave), loop)


def execute(script: Path, watching: Watching | None, cuts: bool = True) -> dict[str, Any]:
    """Run a script; returns its variables."""
    tree = ast.fix_missing_locations(Telling().visit(ast.parse(script.read_text())))
    main = type(sys)("__main__")
    names = vars(main)
    names |= {"__file__": str(script), "@rounds": Rounds(watching, str(script), cuts)}
    sys.modules["__main__"] = main
    exec(compile(tree, str(script), "exec"), names)
    return names


def watch(script: Path) -> dict[str, Any]:
    """Run a script, and say what was found."""
    watching = Watching(lambda file: file == str(script))
    watching.begin()
    error = ""
    try:
        execute(script, watching)
    except Exception:
        error = traceback.format_exc()
    faults = [fault.as_dict() for fault in watching.faults()]
    return {"faults": faults, "failures": watching.failures, "error": error}


def timed(script: Path, watching: Watching | None) -> float:
    """The seconds that a script takes, none of its rounds left out."""
    if watching is not None:
        watching.begin()
    began = time.perf_counter()
    execute(script, watching, cuts=False)
    return time.perf_counter() - began


def _in_fork(action: Callable[[], Any]) -> str:
    """What `action` gives, as JSON, in a process of its own."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        sys.stdout = sys.stderr
        os.close(reading)
        text = json.dumps(action(), default=str)
        with os.fdopen(writing, "w") as file:
            file.write(text)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as file:
        text = file.read()
    os.waitpid(child, 0)
    return text


def _serve() -> None:
    import torch
    import torch.utils.data

    torch.set_num_threads(1)
    torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=0.1).step()  # imports much, once
    for line in sys.stdin:
        script = Path(line.strip())
        print(_in_fork(lambda script=script: watch(script)) or "{}", flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        _serve()
    else:
        print(json.dumps(watch(Path(sys.argv[1]).absolute()), indent=1))
