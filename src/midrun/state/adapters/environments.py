"""gymnasium's environments that live in processes of their own (`AsyncVectorEnv`).

Those in the program's own process are plain objects. The others are asked for their state when a
savepoint is taken: each process pickles its environment, all of it, and says what else its loop
holds. After a resume the processes are started when the vector is first used, since they are forks
of the program, which has to be whole by then; each begins with its old one's environment.
"""

from __future__ import annotations

import ctypes
import functools
import importlib
import inspect
import io
import pickle
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cloudpickle

from midrun.state.adapters.randomness import Randomness, RandomState
from midrun.state.instances import drops_state, is_raw, reduce_raw
from midrun.state.session import NotNow

if TYPE_CHECKING:
    from midrun.state.pickling import Saver
    from midrun.state.registry import Registry

MODULE = "gymnasium.vector.async_vector_env"
_USE = "_assert_is_running"  # which all that use the processes call, but for closing them
_OF_PROCESSES = {"parent_pipes", "processes", "error_queue"}
_LOCALS = ("autoreset", "observation")  # what the loop of a process holds, its environment aside
_ASK = "midrun"


def add(registry: Registry) -> None:
    registry.register(f"{MODULE}.AsyncVectorEnv", _vector)


@dataclass(frozen=True)
class Environment:
    """What one process holds: its environment as a pickle, the variables of its loop, and the state
    of the global random number generators. To call it gives the environment."""

    pickled: bytes
    variables: dict[str, Any]
    randomness: RandomState

    def __call__(self) -> Any:
        return pickle.loads(self.pickled)


def watch(module: types.ModuleType) -> None:
    """Have the processes of vectors that are made from now on answer when they are asked for their
    state. A gymnasium that makes them otherwise is left alone; they can't be saved then."""
    kind, loop = module.__dict__.get("AsyncVectorEnv"), module.__dict__.get("_async_worker")
    use = getattr(kind, _USE, None)
    if loop is None or use is None or "pipe" not in inspect.signature(loop).parameters:
        return
    module._async_worker = AnsweringLoop(loop)  # type: ignore[attr-defined]

    @functools.wraps(use)
    def start_and_use(vector: Any) -> Any:
        _start(vector)
        return use(vector)

    setattr(kind, _USE, start_and_use)


class AnsweringLoop:
    """Runs gymnasium's loop of a process in its place."""

    def __init__(self, loop: Callable[..., None]) -> None:
        self.loop: Callable[..., None] | None = loop
        self.__signature__ = inspect.signature(loop)

    def __reduce__(self) -> Any:
        return _loop_of_gymnasium, ()  # for a process that is spawned

    def __call__(self, *args: Any) -> None:
        loop = _loop_of_gymnasium().loop if self.loop is None else self.loop
        assert loop is not None
        arguments = dict(zip(inspect.signature(loop).parameters, args, strict=True))
        begin = getattr(arguments["env_fn"], "fn", None)  # of a CloudpickleWrapper
        arguments["pipe"] = _Pipe(
            arguments["pipe"], begin if isinstance(begin, Environment) else None
        )
        loop(**arguments)


def _loop_of_gymnasium() -> AnsweringLoop:
    loop = importlib.import_module(MODULE)._async_worker
    return loop if isinstance(loop, AnsweringLoop) else AnsweringLoop(loop)


class _Pipe:
    """The process's end of its pipe, which answers midrun. The loop's frame is that which reads."""

    def __init__(self, pipe: Any, begin: Environment | None) -> None:
        self._pipe = pipe
        self._begin = begin

    def recv(self) -> Any:
        frame = sys._getframe(1)
        begin, self._begin = self._begin, None
        if begin is not None:
            _set_variables(frame, begin.variables)
            Randomness({}).write(begin.randomness)
        while True:
            command, data = self._pipe.recv()
            if command != _ASK:
                return command, data
            self._pipe.send(_state_of(frame.f_locals, data))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pipe, name)


def _set_variables(frame: types.FrameType, values: dict[str, Any]) -> None:
    frame.f_locals.update(values)
    if sys.version_info < (3, 13):  # since then they are written through (PEP 667)
        ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), ctypes.c_int(0))


def _state_of(variables: dict[str, Any], own: frozenset[str]) -> Environment | str:
    """What the process holds, or why it can't be had."""
    file = io.BytesIO()
    try:
        _WholePickler(file, own).dump(variables["env"])
        held = {name: variables[name] for name in _LOCALS if name in variables}
        return Environment(file.getvalue(), held, Randomness({}).read())
    except Exception as error:
        return " ".join(str(error).split()) or type(error).__name__


class _WholePickler(cloudpickle.Pickler):  # type: ignore[misc]
    """Pickles instances whole, also of classes that would keep only what they were made from
    (gymnasium's EzPickle); classes and functions go by name. `own` are the program's modules."""

    def __init__(self, file: io.BytesIO, own: frozenset[str]) -> None:
        super().__init__(file, protocol=5)
        self._own = own

    def reducer_override(self, obj: Any) -> Any:
        kind = type(obj)
        if issubclass(kind, type | types.FunctionType):
            if _has_name(obj):
                return NotImplemented  # the pickler's own way
            if obj.__module__ in self._own:
                raise pickle.PicklingError(f"{obj.__qualname__} is not at the level of its module")
        elif is_raw(kind, self._own) or drops_state(kind, obj):
            return reduce_raw(obj)
        return super().reducer_override(obj)


def _has_name(obj: Any) -> bool:
    """Whether a class or function is found under its name."""
    found: Any = sys.modules.get(obj.__module__)
    for part in obj.__qualname__.split("."):
        found = getattr(found, part, None)
    return found is obj


def _vector(obj: Any, saver: Saver) -> Any:
    state = {name: value for name, value in vars(obj).items() if name not in _OF_PROCESSES}
    if "_state" not in state:
        if "processes" in vars(obj):
            raise NotNow("an AsyncVectorEnv is being made")
        return _new, (type(obj),), state
    state |= {"parent_pipes": [], "processes": []}  # none to be closed
    if obj.closed or "_midrun" in state:
        return _new, (type(obj),), state
    if obj._state.value != "default":
        raise NotNow(f"an AsyncVectorEnv has a {obj._state.value} under way")
    found = _ask_all(obj, saver.session.own)
    if isinstance(found, str):
        why = f"its environments are in processes of their own: {found}"
        return saver.give_up(obj, f"{why}; SyncVectorEnv (vectorization_mode='sync') can be saved")
    if not obj.copy:
        saver.note(
            "changed",
            f"a {type(obj).__qualname__} with copy=False",
            "observations that it gave before are not written to by its new processes",
        )
    return _new, (type(obj),), {**state, "_midrun": found}


def _new(kind: Any) -> Any:
    return kind.__new__(kind)


def _ask_all(vector: Any, own: frozenset[str]) -> list[Environment] | str:
    """What all processes of a vector hold, or why it can't be had."""
    loop = sys.modules[MODULE].__dict__.get("_async_worker")
    if vector.worker is not None or not isinstance(loop, AnsweringLoop):
        return "a worker function of one's own can't be asked for their state"
    try:
        for pipe in vector.parent_pipes:
            pipe.send((_ASK, own))
        answers = [pipe.recv() for pipe in vector.parent_pipes]
    except (OSError, EOFError, AttributeError):
        return "one of them has ended"
    return next((answer for answer in answers if isinstance(answer, str)), answers)


def _start(vector: Any) -> None:
    """Start the processes of a vector that was restored, unless it has been used already."""
    environments = vars(vector).pop("_midrun", None)
    if environments is None or vector.closed:
        return
    saved = {name: value for name, value in vars(vector).items() if name not in _OF_PROCESSES}
    observations = saved.pop("observations")
    names = ("shared_memory", "copy", "context", "daemon", "observation_mode", "autoreset_mode")
    options = {name: saved[name] for name in (*names, "max_concurrency") if name in saved}
    sys.modules[MODULE].AsyncVectorEnv.__init__(vector, environments, **options)
    vars(vector).update(saved)
    if vector.shared_memory:
        _copy_into(vector.observations, observations)
    else:
        vector.observations = observations


def _copy_into(target: Any, source: Any) -> None:
    """Copy observations into those that are there: arrays, or dicts and tuples of them."""
    if isinstance(target, dict):
        for key in target:
            _copy_into(target[key], source[key])
    elif isinstance(target, tuple):
        for part, value in zip(target, source, strict=True):
            _copy_into(part, value)
    else:
        target[...] = source
