"""The process that holds a Dataset of the user's: makes it once, then forks a process for each
reader, so that its memory is shared, as a DataLoader's workers share it."""

from __future__ import annotations

import importlib.util
import inspect
import os
import signal
import socket
import sys
import time
import traceback
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing.connection import Connection
from types import ModuleType
from typing import Any

import xxhash

from midrun.data.leaves import Leaf, Shown, leaves, show
from midrun.data.libraries import need


@dataclass(frozen=True)
class Part:
    """A Dataset: its name if there are several, and how many items it has; -1 if it can only be
    read from the start."""

    name: str
    length: int


@dataclass
class Item:
    """What one look at an item gave: the path in it and the description of each leaf, the label if
    there is one, a hash of all else; rules and messages of what is wrong, with the place."""

    index: int
    what: tuple[tuple[str, str], ...] = ()
    label: int | None = None
    digest: bytes = b""
    seconds: float = 0.0
    wrong: list[tuple[str, str, str]] = field(default_factory=list)


def serve(fd: int) -> None:
    """Make the Dataset that is asked for, then fork a process for each line that comes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Connection(fd) as line:
        line.send("ready")
        file, name, root = line.recv()
        try:
            parts = _parts(_make(file, name, root))
            line.send([Part(key, _length(part)) for key, part in parts.items()])
        except BaseException as error:  # SystemExit of a script, too
            line.send(describe(error, root))
            return
        control = socket.socket(fileno=os.dup(fd))
        while message := socket.recv_fds(control, 8, 1):
            data, fds, _, _ = message
            if not data:
                return
            if data.startswith(b"w"):
                _, status = os.waitpid(int(data[1:]), 0)
                control.sendall(b"%8d" % os.waitstatus_to_exitcode(status))
                continue
            with warnings.catch_warnings():
                # Of threads of libraries: a DataLoader's workers are forked in spite of these, too.
                warnings.simplefilter("ignore", DeprecationWarning)
                child = os.fork()
            if child == 0:
                control.close()
                _read(Connection(fds[0]), list(parts.values()), root)
                os._exit(0)
            os.close(fds[0])
            control.sendall(b"%8d" % child)


def describe(error: BaseException, root: str) -> str:
    """An exception in a line: its type, its message, and the last line of the user's own code."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith(os.path.join(root, ""))
        and "site-packages" not in frame.filename
    ]
    if isinstance(error, _UnfitError):
        return str(error)
    where = ""
    if frames:
        last = frames[-1]
        where = f", at {os.path.relpath(last.filename)}:{last.lineno} in {last.name}"
    text = " ".join(str(error).split())[:300]
    return f"{type(error).__name__}{': ' + text if text else ''}{where}"


class _UnfitError(Exception):
    """What was named is no Dataset."""


def _make(file: str, name: str, root: str) -> Any:
    """Import the file as a module of its own name, not as `__main__`, and get what is named."""
    sys.argv = [file]
    sys.path[:0] = [os.path.dirname(file), root]
    module = _import(file)
    value: Any = module
    for part in name.split("."):
        if not hasattr(value, part):
            near = ", ".join(key for key in vars(module) if not key.startswith("_"))
            raise _UnfitError(f"{os.path.basename(file)} has no {name}; it has {near[:200]}")
        value = getattr(value, part)
    if isinstance(value, type) or not (_is_readable(value) or isinstance(value, (tuple, list))):
        if not callable(value):
            raise _UnfitError(
                f"{name} is neither a Dataset nor a function, but a {type(value).__name__}"
            )
        _refuse_arguments(value, name)
        value = value()
    return value


def _import(file: str) -> ModuleType:
    name = os.path.splitext(os.path.basename(file))[0]
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _refuse_arguments(value: Any, name: str) -> None:
    needed = [
        parameter.name
        for parameter in inspect.signature(value).parameters.values()
        if parameter.default is parameter.empty
        and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]
    if needed:
        text = f"{name} needs {', '.join(needed)}; name a function that takes no arguments"
        raise _UnfitError(text)


def _is_readable(value: Any) -> bool:
    return not isinstance(value, type) and (
        hasattr(value, "__getitem__") or hasattr(value, "__iter__") or hasattr(value, "dataset")
    )


def _parts(value: Any) -> dict[str, Any]:
    """The Datasets by name: of a tuple or dict of them, by their place or key."""
    if isinstance(value, Mapping):
        named = {str(key): inner for key, inner in value.items()}
    elif isinstance(value, tuple):
        named = {str(number): inner for number, inner in enumerate(value)}
    else:
        named = {"": value}
    for key, inner in named.items():
        # A DataLoader has its items in `dataset`; so has a Subset, but not all of them are its own.
        if hasattr(inner, "batch_sampler"):
            named[key] = inner = inner.dataset
        if not _is_readable(inner):
            raise _UnfitError(f"a {type(inner).__name__} is no Dataset: it has no items")
    return named


def _length(part: Any) -> int:
    if hasattr(part, "__getitem__") and hasattr(part, "__len__"):
        return len(part)
    return -1


def _read(line: Connection, parts: list[Any], root: str) -> None:
    """A reader: answers with items until the other side is gone."""
    if "torch" in sys.modules:
        need("torch").set_num_threads(1)
    streams: dict[int, Iterator[Any]] = {}
    with line:
        line.send("ready")
        while True:
            try:
                task, wanted = line.recv()
            except EOFError:
                return
            if task == "show":
                [(part, index)] = wanted
                line.send(_show(parts[part], index, root))
            elif task == "next":
                [(part, start, count)] = wanted
                stream = streams.setdefault(part, iter(parts[part]))
                line.send([_stream(stream, start, count, root)])
            else:
                line.send([_look(lambda p=p, i=i: parts[p][i], i, root) for p, i in wanted])


def _stream(stream: Iterator[Any], start: int, count: int, root: str) -> list[Item]:
    """The next items of one that can only be read from the start; fewer at its end."""
    items: list[Item] = []
    for index in range(start, start + count):
        item = _look(lambda: next(stream), index, root)
        if item.wrong and item.wrong[0][0] == "end":
            break
        items.append(item)
        if item.wrong and item.wrong[0][0] == "item-error":  # a generator is over then
            break
    return items


def _look(get: Any, index: int, root: str) -> Item:
    item = Item(index)
    began = time.perf_counter()
    try:
        value = get()
        item.seconds = time.perf_counter() - began
        _describe(item, leaves(value))
    except StopIteration:
        item.wrong.append(("end", "", ""))
    except Exception as error:
        item.wrong.append(("item-error", "", describe(error, root)))
    return item


def _describe(item: Item, found: list[Leaf]) -> None:
    np = need("numpy")
    item.what = tuple((leaf.name, leaf.what) for leaf in found)
    digest = xxhash.xxh3_64()
    whole = [leaf for leaf in found if leaf.label is not None]
    if len(found) > 1 and whole:
        item.label = whole[-1].label
    for leaf in found:
        if leaf.array is None:
            digest.update(repr(leaf.value)[:10_000].encode() if leaf.label is None else b"")
            continue
        if leaf.array.dtype.kind in "fc":
            for rule, test in (("nan", np.isnan), ("inf", np.isinf)):
                if count := int(test(leaf.array).sum()):
                    text = f"{count} of {leaf.array.size} values"
                    item.wrong.append((rule, leaf.name, text))
        if leaf.array.dtype.kind in "iufcb" and leaf.label is None:
            digest.update(np.ascontiguousarray(leaf.array))
    item.digest = digest.digest()


def _show(part: Any, index: int, root: str) -> list[Shown] | str:
    try:
        value = part[index] if _length(part) >= 0 else next(islice(part, index, None))
    except StopIteration:
        return f"there is no item {index}: it ends before"
    except Exception as error:
        return f"item {index} raises {describe(error, root)}"
    return [show(leaf) for leaf in leaves(value)]
