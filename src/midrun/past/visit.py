"""What happens in the process that goes back: it runs on at full speed, unheard, to a position."""

from __future__ import annotations

import bdb
import dataclasses
import importlib
import json
import os
import shutil
import sys
import time
import types
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from midrun.branch.sandbox import Sandbox
from midrun.run.sentinel import Alarm, Sentinel
from midrun.store import seal

if TYPE_CHECKING:
    from midrun.run.current import Run
    from midrun.run.places import Wanted

ATTACH = "midrun.past.visit:attach"
_DEBUGGER = "PYTHONBREAKPOINT"
_NONE = "0"  # no debugger for breakpoint(); one that is asked for here opens all the same
_VSCODE, _PORT = "debugpy.breakpoint", 5678
_PLENTY = 1 << 60


@dataclass
class Request:
    """`file`, `line`, `block` and `count` are those of a `Position`; `scratch` is a folder of this
    branch, which is removed at the end.

    `then` is "print", "debug" or "shell"; what is kept in a shell goes to `store` and continues
    `parent`, a savepoint, if there is one. With "log", the `expressions` are written to the file
    `out` each time, up to pass `until` of the block, for each pass that `every` divides.
    """

    file: str
    line: int
    block: tuple[int, int]
    count: int
    scratch: str
    then: str
    title: str
    expressions: list[str] = field(default_factory=list)
    until: int = _PLENTY
    every: int = 1
    out: str = ""
    store: str = ""
    parent: str = ""

    def write(self) -> str:
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def read(cls, text: str) -> Request:
        request = cls(**json.loads(text))
        request.block = (request.block[0], request.block[1])
        return request

    @property
    def at(self) -> list[str]:
        """The lines that have to be checked, as `Spec.at` wants them."""
        return [f"{self.file}:{line}" for line in {self.line: 0, self.block[0]: 0}]


def attach(run: Run, text: str) -> None:
    """Called in the new process before anything is loaded (`Spec.attach`)."""
    request = Request.read(text)
    visit = _Log(run, request) if request.then == "log" else _Visit(run, request)
    files = Path(request.scratch, "files")
    files.mkdir()
    if request.then == "shell":
        seal.ensure_key(seal.key_path())  # before it would be made in the scratch folder
    sandbox = Sandbox(files, free=[*filter(None, [request.store]), _ipython()])
    sandbox.enter()
    run.copies = sandbox.copies
    run.sentinel = visit
    run.at_wanted = visit.at


def _ipython() -> str:
    """Where IPython, and the debugger that is made of it, keep settings and history."""
    return os.environ.get("IPYTHONDIR") or os.path.expanduser("~/.ipython")


class _Visitor(Sentinel):
    """Is told of the checks at the block and the line, while the program runs."""

    def __init__(self, run: Run, request: Request) -> None:
        super().__init__(Alarm(), run.own.has_file)
        self._run = run
        self._request = request
        self._began = time.monotonic()
        self._voice = _Muted()
        self.passes = 0

    def at(self, wanted: Wanted, number: int, frame: types.FrameType) -> None:
        """The program is at a check of the lines in `Request.at`."""
        file, line, column = self._run.book.blocks.places[number]
        if file != self._request.file:
            return
        if (line, column) == self._request.block:
            passes = self._run.flags.passes(number)
            assert passes is not None  # the start was chosen so
            self.passes = passes + 1
            self.passed()
        if line == self._request.line:
            (self.reached if column == -1 else self.reaching)(frame)

    def passed(self) -> None:
        """The block is about to be passed for the `passes`-th time."""

    def reaching(self, frame: types.FrameType) -> None:
        """The check of the line is under way, as where a savepoint is taken."""

    def reached(self, frame: types.FrameType) -> None:
        """The line is about to run."""

    def leave(self, code: int) -> NoReturn:
        """End the process here."""
        sys.stdout.flush()
        shutil.rmtree(self._request.scratch, ignore_errors=True)
        os._exit(code)

    def evaluate(self, text: str, frame: types.FrameType) -> Any:
        """The value of an expression where the program stands."""
        # Comprehensions look up names as globals only.
        return eval(text, {**frame.f_globals, **frame.f_locals})


class _Visit(_Visitor):
    """Stops at the position."""

    def __init__(self, run: Run, request: Request) -> None:
        super().__init__(run, request)
        self._debugger = os.environ.get(_DEBUGGER)
        self._stopped = False

    def passed(self) -> None:
        request = self._request
        if request.then != "debug" or self._stopped or self.passes < request.count:
            return
        self._stopped = True
        self._arrive()
        debugger = self._debugger
        if debugger is not None:  # the resume has put the environment of the run back
            os.environ[_DEBUGGER] = "" if debugger == _NONE else debugger
        if debugger == _VSCODE:
            self._wait_for_client()
        number = self._run.book.blocks.visit(request.file, request.line)
        self._run.flags.call_next(number, sys.breakpointhook)

    def reaching(self, frame: types.FrameType) -> None:
        request = self._request
        if request.then != "shell" or self._stopped or self.passes < request.count:
            return
        from midrun.past.keeping import Keeping
        from midrun.past.shell import open_shell

        self._stopped = True
        self._arrive()
        open_shell(Keeping(self._run, frame, request.store, request.parent, request.scratch))
        self.leave(0)

    def reached(self, frame: types.FrameType) -> None:
        if self._request.then != "print" or self.passes < self._request.count:
            return
        self._arrive()
        self.leave(self._print(frame))

    def end(self, error: BaseException | None) -> None:
        if self._stopped:
            self.leave(0 if error is None or isinstance(error, bdb.BdbQuit) else 1)
        self._voice.restore()
        how = f"ended with {type(error).__name__}: {error}" if error else "ended"
        self._say(
            f"{self._request.title} was not reached: the program {how} after {self.passes} of "
            f"{self._request.count} passes"
        )
        self.leave(1)

    def expects(self, error: BaseException) -> bool:
        return self._stopped and isinstance(error, bdb.BdbQuit)

    def _wait_for_client(self) -> None:
        """debugpy stops for an editor that is there already."""
        debugpy = importlib.import_module("debugpy")
        if debugpy.is_client_connected():
            return
        try:
            host, port = debugpy.listen(_PORT)
        except RuntimeError as error:
            self._say(f"debugpy can't listen at port {_PORT}: {error}")
            self.leave(1)
        self._say(f"waiting for an editor to attach to debugpy at {host}:{port}")
        debugpy.wait_for_client()

    def _arrive(self) -> None:
        self._voice.restore()
        if self._run.handlers is not None:
            self._run.handlers.remove()  # Ctrl-C is the user's at the prompt
        seconds = time.monotonic() - self._began
        late = f", pass {self.passes}" if self.passes > self._request.count else ""
        self._say(f"at {self._request.title}{late}, after {seconds:.1f} s")

    def _print(self, frame: types.FrameType) -> int:
        for text in self._request.expressions:
            try:
                print(self.evaluate(text, frame))
            except Exception as error:
                self._say(f"{text}: {type(error).__name__}: {error}")
                return 1
        return 0

    def _say(self, text: str) -> None:
        sys.stdout.flush()
        sys.stderr.write(f"midrun: {text}\n")
        sys.stderr.flush()


class _Log(_Visitor):
    """Writes down values, a line of JSON each time: the pass and the values, or the error."""

    def __init__(self, run: Run, request: Request) -> None:
        super().__init__(run, request)
        self._file = os.open(request.out, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def passed(self) -> None:
        if self.passes > self._request.until:
            self._finish()

    def reached(self, frame: types.FrameType) -> None:
        if self.passes < self._request.count or self.passes % self._request.every:
            return
        values = [self._value(text, frame) for text in self._request.expressions]
        line = json.dumps({"pass": self.passes, "values": values}) + "\n"
        os.write(self._file, line.encode())

    def end(self, error: BaseException | None) -> None:
        self._finish()

    def _finish(self) -> NoReturn:
        os.write(self._file, b'{"end": true}\n')
        self.leave(0)

    def _value(self, text: str, frame: types.FrameType) -> Any:
        try:
            return plain(self.evaluate(text, frame))
        except Exception as error:
            return {"error": f"{type(error).__name__}: {error}"}


def plain(value: Any) -> Any:
    """A value as JSON has it: a number where it is one (a tensor of one element is), else text."""
    if isinstance(value, bool | int | float | str) or value is None:
        return value
    if hasattr(value, "item") and getattr(value, "size", None) is not None:
        count = value.numel() if hasattr(value, "numel") else value.size
        if count == 1:
            return plain(value.item())
    return " ".join(str(value).split())


class _Muted:
    """stdout and stderr, silenced until `restore`: what the program says on the way was said in the
    run already."""

    def __init__(self) -> None:
        self._kept = [(fd, os.dup(fd)) for fd in (1, 2)]
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for fd, _ in self._kept:
            os.dup2(nowhere, fd)
        os.close(nowhere)

    def restore(self) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        for fd, kept in self._kept:
            os.dup2(kept, fd)
            os.close(kept)
        self._kept = []
