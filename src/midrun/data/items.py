"""The check of a Dataset of the user's: all its items, read in processes of their own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection

from midrun.data import labels
from midrun.data.check import Progress, Tell
from midrun.data.dataset import Item, Part
from midrun.data.finding import Finding, Report, Split
from midrun.data.leaves import Shown
from midrun.data.reading import Interpreter, Worker, Workers, ended
from midrun.errors import MidrunError
from midrun.processors import processors
from midrun.run.project import project_root

_BATCH = 32  # items that a reader gets at once
_STREAM = 256  # items of one that can only be read from the start
_COMMON = 0.95  # of the items must be of one kind for the others to stand out
_ENOUGH = 8


@dataclass(frozen=True)
class Target:
    """A Dataset as the user names it: FILE.py:NAME."""

    file: str
    name: str

    def __str__(self) -> str:
        return f"{os.path.relpath(self.file)}:{self.name}"


def target_of(paths: tuple[str, ...]) -> Target | None:
    """The Dataset that is meant, if it is one. Raises MidrunError ("no-dataset")."""
    named = [path for path in paths if ".py:" in path and not os.path.lexists(path)]
    if not named:
        if programs := [path for path in paths if path.endswith(".py") and os.path.isfile(path)]:
            text = f"{programs[0]} is a program; name the Dataset in it, as {programs[0]}:NAME"
            raise MidrunError(text, slug="no-dataset")
        return None
    if len(paths) > 1:
        text = f"{named[0]} names a Dataset, which is looked at alone; give it without the others"
        raise MidrunError(text, slug="no-dataset")
    file, _, name = named[0].rpartition(":")
    if not os.path.isfile(file):
        text = f"there is no file {file}, seen from {os.getcwd()}"
        raise MidrunError(text, slug="no-dataset")
    return Target(os.path.abspath(file), name)


class _Reader(Worker):
    """A process that was forked by the one that holds the Dataset."""

    def __init__(self, control: socket.socket) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(control, [b"f"], [theirs.fileno()])
            answer = control.recv(8)
        if not answer:
            raise EOFError
        self._process = int(answer)
        self._control = control
        super().__init__(Connection(ours.detach()))

    def end(self) -> str:
        super().end()
        with contextlib.suppress(OSError):  # it, or the one that holds the Dataset, is gone
            os.kill(self._process, signal.SIGKILL)
            self._control.sendall(b"w%d" % self._process)
        answer = self._control.recv(8)
        return ended(int(answer)) if answer else "the Dataset's own process"


@contextlib.contextmanager
def _opened(target: Target, readers: int) -> Iterator[tuple[list[Part], Workers]]:
    """The parts of the Dataset, and readers of it."""
    holder = Interpreter("midrun.data.dataset", {})
    try:
        holder.line.recv()
        holder.line.send((target.file, target.name, project_root(target.file)))
        parts = holder.line.recv()
        if isinstance(parts, str):
            raise MidrunError(f"{target} gives no Dataset: {parts}", slug="no-dataset")
        control = socket.socket(fileno=os.dup(holder.line.fileno()))
        with control:
            yield parts, Workers(readers, lambda: _Reader(control))
    except EOFError:
        death = holder.end()
        text = f"the process that makes {target} ended with {death}; MIDRUN_DEBUG=1 shows its words"
        raise MidrunError(text, slug="no-dataset") from None
    finally:
        holder.end()  # and its readers with it


def show_item(target: Target, index: int) -> list[Shown]:
    """Item `index` of a Dataset, of its first part if it has several. Raises MidrunError."""
    with _opened(target, 1) as (parts, readers):
        if 0 <= parts[0].length <= index:
            text = f"{target} has {parts[0].length} items; the last is {parts[0].length - 1}"
            raise MidrunError(text, slug="no-item")
        [(_, shown)] = readers.map("show", [[(0, index)]])
    if isinstance(shown, str):
        raise MidrunError(f"{target}: {shown}", slug="no-item")
    return shown


def check_items(target: Target, workers: int | None = None, tell: Tell | None = None) -> Report:
    """Read all items of a Dataset with `workers` processes, and compare them. Raises MidrunError
    ("no-dataset") if there is none under that name."""
    began = time.perf_counter()
    count = workers or processors()
    report = Report([str(target)], workers=count)
    with _opened(target, count) as (parts, readers):
        total = sum(max(part.length, 0) for part in parts)
        found: dict[int, list[Item]] = {number: [] for number in range(len(parts))}
        done = 0
        for part, items in _read(parts, readers):
            found[part] += items
            done += len(items)
            if tell is not None:
                tell(Progress(done, max(total, done), 0))
    for part, items in found.items():
        name = parts[part].name
        items.sort(key=lambda item: item.index)
        report.findings += _of_part(str(target), name, items)
        counts = Counter(str(item.label) for item in items if item.label is not None)
        classes = dict(counts) if len(counts) <= 1000 else {}
        seconds = sum(item.seconds for item in items)
        report.splits.append(Split(name, items=len(items), seconds=seconds, classes=classes))
        bad = (item.index for item in items if item.wrong)
        report.bad_items += [f"{name} {index}".strip() for index in bad]
    report.findings += _leaks(str(target), [part.name for part in parts], found)
    report.findings.sort(key=lambda finding: (finding.severity != "fault", finding.code))
    report.wall = time.perf_counter() - began
    return report


def _read(parts: list[Part], readers: Workers) -> Iterator[tuple[int, list[Item]]]:
    indices = [(n, i) for n, part in enumerate(parts) for i in range(part.length)]
    size = max(1, min(_BATCH, len(indices) // (4 * readers.count)))
    with readers:
        batches = (indices[at : at + size] for at in range(0, len(indices), size))
        for batch, items in readers.map("look", batches) if indices else ():
            if isinstance(items, str):
                lost = Item(batch[0][1])
                text = f"the process that read it ended with {items}"
                lost.wrong.append(("item-error", "", text))
                items = [lost]
            for (part, _), item in zip(batch, items, strict=True):
                yield part, [item]
    for number, part in enumerate(parts):
        if part.length < 0:
            yield from ((number, items) for items in _stream(number, readers))


def _stream(part: int, readers: Workers) -> Iterator[list[Item]]:
    """All items of a part that can only be read from the start, by one process."""
    start, over = 0, False

    def batches() -> Iterator[list[tuple[int, int, int]]]:
        while not over:
            yield [(part, start, _STREAM)]

    with Workers(1, readers.start) as one:
        for _, answer in one.map("next", batches(), ahead=False):
            if isinstance(answer, str):
                lost = Item(start)
                text = f"the process that read it, or one after it, ended with {answer}"
                lost.wrong.append(("item-error", "", text))
                answer = [[lost]]
            [items] = answer
            start += len(items)
            over = len(items) < _STREAM or any(rule == "item-error" for rule, *_ in items[-1].wrong)
            yield items


def _place(part: str, item: Item) -> str:
    return f"{part} item {item.index}".strip()


def _of_part(file: str, part: str, items: list[Item]) -> Iterator[Finding]:
    if not items:
        yield Finding("empty", file, "has no items", part)
    for item in items:
        for rule, place, message in item.wrong:
            where = _place(part, item) + (f", {place}" if place else "")
            yield Finding(rule, file, message, where)
    whole = [item for item in items if item.what]
    yield from _odd(file, part, whole)
    counts = Counter(item.label for item in items if item.label is not None)
    if len(counts) <= labels.MOST:
        values, why = labels.out_of_range(dict(counts))
        for item in items:
            if item.label in values:
                number = sum(counts[value] for value in values)
                text = f"{number} of {counts.total()} labels: {labels.shown(values)}; {why}"
                yield Finding("label-range", file, text, _place(part, item))
                break
    yield from _same(file, part, whole)


def _odd(file: str, part: str, items: list[Item]) -> Iterator[Finding]:
    """Items that are made of other things than nearly all."""
    counts = Counter(item.what for item in items)
    if len(items) < _ENOUGH or len(counts) < 2:
        return
    usual, most = counts.most_common(1)[0]
    if most < _COMMON * len(items) and most < len(items) - 1:
        return
    for item in items:
        if item.what != usual:
            other = next((pair for pair in zip(item.what, usual, strict=False)
                          if pair[0] != pair[1]), None)  # fmt: skip
            text = f"has {len(item.what)} parts, {most} of {len(items)} have {len(usual)}"
            if other is not None:
                (name, own), (_, common) = other
                text = f"{name or 'it'} is {own}, in {most} of {len(items)} it is {common}"
            yield Finding("odd-shape", file, text, _place(part, item))


def _same(file: str, part: str, items: list[Item]) -> Iterator[Finding]:
    groups: dict[bytes, list[Item]] = defaultdict(list)
    for item in items:
        groups[item.digest].append(item)
    for group in groups.values():
        if len(group) > 1:
            some = ", ".join(str(item.index) for item in group[1:4])
            values = {item.label for item in group}
            rule, text = "duplicate", f"is the same as item {some}"
            if len(values) > 1:
                rule, text = "two-labels", f"{text}, with the labels {labels.shown_all(values)}"
            yield Finding(rule, file, text, _place(part, group[0]))


def _leaks(file: str, names: list[str], found: dict[int, list[Item]]) -> Iterator[Finding]:
    """Items of a later part that an earlier one has, too."""
    seen: dict[bytes, tuple[int, Item]] = {}
    for part, items in found.items():
        both: dict[int, list[tuple[Item, Item]]] = defaultdict(list)
        for item in items:
            if item.what:
                first, other = seen.setdefault(item.digest, (part, item))
                if first != part:
                    both[first].append((item, other))
        for first, pairs in both.items():
            item, other = pairs[0]
            text = f"{len(pairs)} of {len(items)} items of {names[part]} are in {names[first]} too"
            evidence = f"the first is {_place(names[first], other)}"
            yield Finding("leak", file, text, _place(names[part], item), evidence)
