"""A digest of a program's state: what can be compared between two processes.

Values count by type and contents; containers and objects also by which of them are the same object.
What has no contents of its own (functions, modules, locks, iterators) counts by its type and name.
"""

from __future__ import annotations

import logging
import os
import re
import struct
import sys
import types
import typing
from collections import deque
from typing import Any

import xxhash

from midrun.state.loaded import loaded

_TWISTER = 24 + 8 * 624  # bytes; ATen/CPUGeneratorImpl.cpp
_TRACED = ("TopLevelTracedModule", "TracedModule")  # they come back as scripted ones
_ATOMS = (int, float, complex, str, bytes, bool, type(None))


def digest(namespace: dict[str, Any]) -> dict[str, str]:
    """A hash for each variable of a namespace; names with `__` or `@` in them are left out."""
    return {
        name: Digest().of(value)
        for name, value in sorted(namespace.items())
        if "__" not in name and "@" not in name
    }


def random_state() -> dict[str, Any]:
    """The state of the global random number generators that are in use."""
    import random

    found: dict[str, Any] = {"random": random.getstate()}
    numpy, torch = loaded("numpy"), loaded("torch")
    if numpy is not None:
        found["numpy.random"] = numpy.random.get_state()
    if torch is not None:
        # What follows the Mersenne Twister is the rest of a normal draw, unset until there is one.
        found["torch"] = torch.get_rng_state()[:_TWISTER]
    return found


class Digest:
    """Hashes one value."""

    def __init__(self) -> None:
        self._hash = xxhash.xxh3_128()
        self._seen: dict[int, int] = {}
        self._alive: list[Any] = []

    def of(self, value: Any) -> str:
        todo: deque[Any] = deque([value])
        while todo:
            value = todo.popleft()
            try:
                inside = self._add(value)
            except Exception as error:  # an object that can't be looked into
                self._put(type(value).__qualname__, type(error).__name__)
                inside = []
            todo.extendleft(reversed(inside))
        return str(self._hash.hexdigest())

    def _put(self, *parts: object) -> None:
        for part in parts:
            self._hash.update(part if isinstance(part, bytes) else repr(part).encode())
            self._hash.update(b"\0")

    def _add(self, value: Any) -> list[Any]:
        """Hash a value itself; returns what is inside it."""
        kind = type(value)
        if kind in _ATOMS:
            self._put(kind.__name__, struct.pack("d", value) if kind is float else value)
            return []
        if isinstance(value, os.PathLike | re.Pattern | typing.TypeVar):
            self._put(str(value))
            return []
        if isinstance(value, tuple | frozenset) and kind in (tuple, frozenset):
            self._put(kind.__name__, len(value))  # whether two equal ones are one is up to Python
            return self._inside(value)
        if id(value) in self._seen:
            self._put("again", self._seen[id(value)])
            return []
        self._seen[id(value)] = len(self._seen)
        self._alive.append(value)
        if kind.__module__ in ("builtins", "itertools") and hasattr(kind, "__next__"):
            self._put("iterator")  # an exhausted one may come back as one of another type
            return []
        self._put("RecursiveScriptModule" if kind.__name__ in _TRACED else kind.__qualname__)
        if isinstance(value, type | types.FunctionType | types.BuiltinFunctionType):
            self._put(value.__qualname__)
            return []
        if kind.__name__ == "NpzFile":
            return list(value.files)
        if isinstance(value, logging.Manager):  # it knows the loggers of all libraries
            return []
        if isinstance(value, types.ModuleType):
            self._put(value.__name__)
            return []
        return self._inside(value)

    def _inside(self, value: Any) -> list[Any]:
        torch, numpy = loaded("torch"), loaded("numpy")
        if torch is not None and isinstance(value, torch.Tensor):
            return self._tensor(value)
        if (
            torch is not None
            and hasattr(torch, "jit")
            and isinstance(value, torch.jit.ScriptModule)
        ):
            return [value.training, dict(value.named_parameters()), dict(value.named_buffers())]
        if torch is not None and isinstance(value, torch.Generator):
            return [value.get_state()]
        if numpy is not None and isinstance(value, numpy.ndarray) and value.dtype != object:
            self._put(value.dtype.str, value.shape, value.tobytes())
            return []
        inside: list[Any] = []
        if isinstance(value, dict):
            inside += [part for item in value.items() for part in item]
        elif isinstance(value, list | tuple | deque):
            inside += list(value)
        elif isinstance(value, set | frozenset):
            inside += sorted(Digest().of(item) for item in value)
        elif type(value).__name__ == "Random":
            inside.append(value.getstate())
        if isinstance(value, BaseException):
            inside.append(value.args)
        inside += self._attributes(value)
        return inside

    def _attributes(self, value: Any) -> list[Any]:
        found: list[Any] = []
        own = getattr(value, "__dict__", None)
        if isinstance(own, dict):
            items = sorted((item for item in own.items() if item[0] != "_cache"), key=_key)
            found += [part for item in items for part in item]
        for base in type(value).__mro__:
            slots = base.__dict__.get("__slots__", ())
            for name in (slots,) if isinstance(slots, str) else slots:
                found += [name, getattr(value, name, None)] if name[:2] != "__" else []
        return found

    def _tensor(self, value: Any) -> list[Any]:
        self._put(str(value.dtype), tuple(value.shape), str(value.device), value.requires_grad)
        if value.layout is not sys.modules["torch"].strided or value.is_meta or value.is_quantized:
            return [str(value)]
        plain = value.detach().resolve_conj().resolve_neg().cpu().contiguous()
        self._put(plain.reshape(-1).view(sys.modules["torch"].uint8).numpy().tobytes())
        return [value.grad] if value.is_leaf and value.grad is not None else []


def _key(item: tuple[Any, Any]) -> str:
    return str(item[0])
