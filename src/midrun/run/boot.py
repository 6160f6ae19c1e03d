"""The interpreter that runs the script: made to look as if Python itself had started it."""

from __future__ import annotations

import builtins
import importlib
import importlib.machinery
import importlib.util
import os
import signal
import sys
import time
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from midrun.errors import MidrunError
from midrun.run import alarm, signals
from midrun.run.current import Run
from midrun.run.hook import HotFinder, Own
from midrun.run.imports import after_import
from midrun.run.journal import Journal
from midrun.run.places import Wanted, parse, settle
from midrun.run.policy import Policy
from midrun.run.project import project_root
from midrun.run.seeds import draw_seed, seed_all
from midrun.run.spec import Spec
from midrun.run.watch import Watch
from midrun.source.book import Book
from midrun.source.module import Source
from midrun.state.adapters import environments, loaders, trackers
from midrun.store import Store

# The run of this process, for `midrun.savepoint`: None where a script runs without midrun.
current: Run | None = None


def run_of_this_process() -> Run | None:
    """The run that goes on in this process."""
    return current


def boot(text: str, arguments: list[str]) -> NoReturn:
    """Run what a spec says, with the arguments of the script, and exit as Python would."""
    spec = Spec.read(text)
    if not spec.hash_seed.startswith("user "):
        os.environ.pop("PYTHONHASHSEED", None)
    try:
        if spec.savepoint:
            from midrun.run.resume import prepare_resume

            run, start = prepare_resume(spec)
        else:
            run, start = _prepare(spec, arguments)
    except MidrunError as error:
        _refuse(str(error))
    except SyntaxError as error:
        _refuse_syntax(error)
    finish(run, start)


def _prepare(spec: Spec, arguments: list[str]) -> tuple[Run, Callable[[], None]]:
    main, path = _find_main(spec)
    wanted = [parse(text) for text in spec.at]
    own = Own([project_root(path), os.path.dirname(os.path.realpath(path))], spec.through)
    book = make_book(spec, wanted)
    info = {"target": spec.target, "is_module": spec.is_module, "argv": arguments, "script": path}
    info |= {"cwd": os.getcwd(), "hash_seed": spec.hash_seed, "roots": own.roots}
    seed = spec.seed if spec.seed is not None else draw_seed()
    info |= {"through": spec.through, "seed": seed}
    run = make_run(spec, book, own, info, parent=None, before=0.0)
    try:
        source = Source.read(path)
    except SyntaxError as error:
        _fail_like_python(error)
    for place in wanted:
        at = source if place.file == os.path.realpath(path) else Source.read(place.file)
        remark = settle(place, at)
        if remark:
            run.say(remark)
    code = book.add(source)
    run.follow(wanted)
    sys.argv[:] = [path if spec.is_module else spec.target, *arguments]
    sys.path.insert(0, os.getcwd() if spec.is_module else os.path.dirname(os.path.realpath(path)))
    sys.meta_path.insert(_before_path_finder(), HotFinder(book, own))
    run.entropy = seed_all(seed)
    return run, lambda: exec(code, main.__dict__)


def make_book(spec: Spec, wanted: list[Wanted]) -> Book:
    """A book that has the lines checked at which savepoints are wanted."""

    def lines(path: str) -> list[int]:
        return [place.line for place in wanted if place.file == os.path.realpath(path)]

    return Book(lines, rounds=bool(spec.verify), visits=bool(spec.attach))


def make_run(
    spec: Spec, book: Book, own: Own, info: dict[str, Any], *, parent: str | None, before: float
) -> Run:
    """The run of this process, entered in the store; its signals are set."""
    global current
    stored = Store(Path(spec.scratch or spec.store)).new_run(info, parent=parent)
    policy = Policy(spec.budget, spec.every, time.monotonic())
    run = Run(stored, book, own, policy, before=before, quiet=spec.quiet)
    run.watched = spec.watched
    if spec.verify:
        run.watch = Watch(spec.verify, spec.points, spec.stop, spec.pause)
        run.flags.raise_all()
    if spec.attach:
        module, _, function = spec.attach.partition(":")
        getattr(importlib.import_module(module), function)(run, spec.request)
    elif spec.on_nan:
        alarm.install(run, spec.on_nan, cures=spec.cures)
    if spec.journal and not spec.attach and not spec.verify:
        run.journal = Journal(run)
    run.once.install()  # around what a branch puts in the place of such functions
    signals.install(run)
    after_import(loaders.MODULE, loaders.watch)
    after_import(loaders.STATEFUL_MODULE, loaders.watch)
    after_import(environments.MODULE, environments.watch)
    after_import(trackers.MODULE, trackers.watch)
    after_import("torch._dynamo.config", run.flags.leave_out)
    current = run
    return run


def finish(run: Run, start: Callable[[], None]) -> NoReturn:
    """Run the script and leave as Python would: its traceback, its exit code."""
    from midrun.run.ending import Ending

    ending = Ending(run)
    run.begin()
    try:
        start()
    except SystemExit:
        ending.leave(None)
        raise
    except KeyboardInterrupt as error:
        ending.show(error)
        ending.leave(error)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    except BaseException as error:
        ending.show(error)
        ending.leave(error)
        sys.exit(1)
    ending.leave(None)
    sys.exit(0)


def _find_main(spec: Spec) -> tuple[types.ModuleType, str]:
    """A fresh `__main__`, as runpy and the interpreter make it, and the path of its source."""
    main = types.ModuleType("__main__")
    if spec.is_module:
        sys.path.insert(0, os.getcwd())
        found = _find_module(spec.target)
        sys.path.pop(0)
        assert found.origin is not None
        main.__spec__ = found
        main.__loader__ = found.loader
        main.__package__ = found.parent
        path = found.origin
    else:
        if not os.path.isfile(spec.target):
            raise MidrunError(
                f"there is no script {spec.target} in {os.getcwd()}", slug="no-script"
            )
        path = os.path.abspath(spec.target)
        main.__loader__ = importlib.machinery.SourceFileLoader("__main__", path)
        main.__package__ = None
    main.__file__ = path
    main.__dict__["__builtins__"] = builtins
    main.__dict__["__cached__"] = None
    sys.modules["__main__"] = main
    return main, path


def _find_module(name: str) -> importlib.machinery.ModuleSpec:
    try:
        found = importlib.util.find_spec(name)
        if found is not None and found.submodule_search_locations is not None:
            found = importlib.util.find_spec(f"{name}.__main__")
    except (ImportError, ValueError):
        found = None
    if found is None or found.origin is None or not found.origin.endswith(".py"):
        raise MidrunError(
            f"there is no module {name} that can be run from {os.getcwd()}", slug="no-script"
        )
    return found


def _before_path_finder() -> int:
    finders = sys.meta_path
    return finders.index(importlib.machinery.PathFinder)


def _fail_like_python(error: SyntaxError) -> NoReturn:
    """A syntax error in the script itself, before anything has run."""
    error.__traceback__ = None
    sys.excepthook(SyntaxError, error, None)
    sys.exit(1)


def _refuse(message: str) -> NoReturn:
    sys.stderr.write(f"midrun: {message}\n")
    sys.exit(2)


def _refuse_syntax(error: SyntaxError) -> NoReturn:
    sys.stderr.write(
        f"midrun: {error.filename}, line {error.lineno}: {error.msg}\n"
        f"midrun:   {(error.text or '').rstrip()}\n"
        f"midrun:   {' ' * max(0, (error.offset or 1) - 1)}^\n"
        "midrun: mend it and resume again; the savepoint is untouched\n"
    )
    sys.exit(2)
