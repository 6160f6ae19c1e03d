"""The random number generators that the code of a DataLoader's worker draws from."""

from __future__ import annotations

import pickle
import random
import sys
from collections.abc import Callable, Iterator
from typing import Any

from midrun.state.loaded import loaded

RandomState = dict[str, Any]  # by the path of the generator; states that compare with ==
_OBJECTS = 10_000  # that are searched for generators of the dataset's own
_LONG = 1_000  # items of a list that is not searched


class Randomness:
    """The generators that the code of a worker draws from: the global ones of Python, NumPy and
    torch, and those that are found in `roots` and in the modules of their classes."""

    def __init__(self, roots: dict[str, Any]) -> None:
        self._generators = dict(_generators(roots))

    def read(self) -> RandomState:
        """The state of each."""
        state = {name: _GLOBALS[name][0]() for name in _GLOBALS if _loaded(name)}
        return state | {path: _read(found) for path, found in self._generators.items()}

    def write(self, state: RandomState) -> None:
        """Put back what `read` gave, to the generators that are there."""
        for path, value in state.items():
            if path in _GLOBALS:
                if _loaded(path):
                    _GLOBALS[path][1](value)
            elif path in self._generators:
                _write(self._generators[path], value)


def _loaded(name: str) -> bool:
    return name == "python" or loaded(name) is not None


def _read_numpy() -> Any:
    kind, key, *rest = sys.modules["numpy"].random.get_state()
    return kind, key.tobytes(), *rest


def _write_numpy(state: Any) -> None:
    numpy = sys.modules["numpy"]
    kind, key, *rest = state
    numpy.random.set_state((kind, numpy.frombuffer(key, numpy.uint32), *rest))


def _torch_bytes(generator: Any) -> bytes:
    return bytes(generator.get_state().numpy().tobytes())


def _torch_state(state: bytes) -> Any:
    torch = sys.modules["torch"]
    return torch.frombuffer(bytearray(state), dtype=torch.uint8)


_GLOBALS: dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
    "python": (random.getstate, random.setstate),
    "numpy": (_read_numpy, _write_numpy),
    "torch": (
        lambda: _torch_bytes(sys.modules["torch"].default_generator),
        lambda state: sys.modules["torch"].set_rng_state(_torch_state(state)),
    ),
}


def _read(generator: Any) -> Any:
    match type(generator).__name__:
        case "RandomState":
            return pickle.dumps(generator.get_state())
        case "Generator" if hasattr(generator, "bit_generator"):
            return pickle.dumps(generator.bit_generator.state)
        case "Generator":
            return _torch_bytes(generator)
    return generator.getstate()


def _write(generator: Any, state: Any) -> None:
    match type(generator).__name__:
        case "RandomState":
            generator.set_state(pickle.loads(state))
        case "Generator" if hasattr(generator, "bit_generator"):
            generator.bit_generator.state = pickle.loads(state)
        case "Generator":
            generator.set_state(_torch_state(state))
        case _:
            generator.setstate(state)


def _is_generator(value: Any) -> bool:
    if isinstance(value, random.Random):
        return type(value) is not random.SystemRandom
    kind = type(value)
    named = kind.__name__ in ("Generator", "RandomState")
    return named and kind.__module__.partition(".")[0] in ("numpy", "torch")


def _generators(roots: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    found: set[int] = set()
    modules = {type(root).__module__ for root in roots.values()}
    modules |= {getattr(root, "__module__", None) or "" for root in roots.values()}
    globals_ = {m: vars(sys.modules[m]) for m in sorted(modules) if m in sys.modules}
    own = {m: names for m, names in globals_.items() if not _is_library(m)}
    for path, value in _walk({**roots, **own}):
        if _is_generator(value) and id(value) not in found:
            found.add(id(value))
            yield path, value


def _is_library(module: str) -> bool:
    return module.partition(".")[0] in ("builtins", "torch", "numpy")


def variables(roots: dict[str, Any]) -> dict[str, Any]:
    """The plain numbers and strings that the dataset holds."""
    plain = (int, float, str, bool)
    found = {path: value for path, value in _walk(roots) if type(value) in plain}
    return {path: value for path, value in found.items() if value == value}  # no nan


def _walk(roots: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Objects that `roots` hold, by the path to them, in breadth."""
    todo = list(roots.items())
    seen: set[int] = set()
    for path, value in todo:  # grows as it goes
        yield path, value
        if id(value) in seen or len(todo) > _OBJECTS or _is_generator(value):
            continue
        seen.add(id(value))
        if isinstance(value, dict):
            if len(value) <= _LONG:
                todo += [(f"{path}[{key!r}]", item) for key, item in value.items()]
        elif isinstance(value, list | tuple):
            if len(value) <= _LONG:
                todo += [(f"{path}[{index}]", item) for index, item in enumerate(value)]
        elif hasattr(value, "__dict__") and not isinstance(value, type | type(sys)):
            inner = {} if callable(value) and hasattr(value, "__code__") else vars(value)
            todo += [(f"{path}.{key}", item) for key, item in inner.items()]
