"""The way of a check: walk, read side by side, compare."""

from __future__ import annotations

import contextlib
import gc
import math
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from midrun.data import duplicates, names, outliers, splits
from midrun.data.finding import Finding, Missing, Report, Split
from midrun.data.kinds import PICTURES
from midrun.data.libraries import command, has
from midrun.data.reading import Workers
from midrun.data.source import Looked
from midrun.data.splits import Layout, Place
from midrun.data.walking import walk
from midrun.errors import MidrunError
from midrun.processors import processors

_BATCH = 128  # files that a worker gets at once


@dataclass
class Progress:
    """How far a check is: `files` of `total`, and the bytes that were read."""

    files: int
    total: int
    bytes: int


Tell = Callable[[Progress], None]


def check(
    paths: Iterable[str],
    workers: int | None = None,
    tell: Tell | None = None,
    pool: Workers | None = None,
    seconds: float | None = None,
) -> Report:
    """Look at all files below `paths`, folders or files, with `workers` processes (one for each
    processor, unless given), or those of `pool`, which go on; `tell` hears of each batch. After so
    many `seconds` of reading, the rest is left unread, and nothing is compared. Nothing is changed.

    Raises MidrunError: "no-data" if a path is not there, "empty-data" if there is no file.
    """
    began = time.perf_counter()
    given = list(paths)
    walked = walk(given)
    report = Report([os.path.abspath(path) for path in given], findings=walked.findings)
    report.hidden = walked.hidden
    roots = [(root, path) for root, files in walked.files.items() for path in files]
    if not roots and not walked.findings:
        raise MidrunError(_nothing(given, walked.hidden), slug="empty-data")
    for root, below in walked.files.items():
        if not below and root in walked.folders and len(given) > 1:
            walked.findings.append(Finding("empty", root, "is a folder without a file"))
    count = pool.count if pool else max(1, min(workers or processors(), len(roots)))
    report.workers = count
    with _no_collection(), contextlib.nullcontext(pool) if pool else Workers(count) as pool:
        layout, looked = Layout(), {}
        until = time.perf_counter() + (seconds if seconds is not None else math.inf)
        for one in _look(pool, [path for _, path in roots], report, tell):
            looked[one.path] = one
            if time.perf_counter() > until:
                break
        report.unread = len(roots) - len(looked)
        files = [(layout.place(root, path), looked[path]) for root, path in roots if path in looked]
        if not report.unread:
            report.findings += _compare(pool, files, walked.folders, report)
    report.missing = _missing(files)
    report.findings.sort(key=lambda f: (f.severity != "fault", f.code, f.file, f.where))
    report.wall = time.perf_counter() - began
    return report


@contextlib.contextmanager
def _no_collection() -> Iterator[None]:
    """Without the garbage collector: it would visit all that is known of each file again and again,
    where there are no cycles."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _look(pool: Workers, paths: list[str], report: Report, tell: Tell | None) -> Iterator[Looked]:
    batches = (paths[at : at + _BATCH] for at in range(0, len(paths), _BATCH))
    for batch, answer in pool.map("look", _even(batches, len(paths), pool.count)):
        if isinstance(answer, str):
            text = f"the process that read it ended with {answer}"
            if answer == "SIGKILL":
                text += "; there may be too little memory for it"
            answer = [Looked(batch[0], findings=[Finding("unreadable", batch[0], text)])]
        for path, looked in zip(batch, answer, strict=True):
            looked.path = path
            report.files += 1
            report.bytes += looked.size
            report.findings += looked.findings
            if looked.format:
                report.formats[looked.format] = report.formats.get(looked.format, 0) + 1
            elif not looked.findings:
                report.other += 1
            yield looked
        if tell is not None:
            tell(Progress(report.files, len(paths), report.bytes))


def _even(batches: Iterable[list[str]], total: int, workers: int) -> Iterator[list[str]]:
    """Smaller batches where there are few files, which may be large, and at the end of many."""
    given = 0
    for batch in batches:
        size = max(1, min(_BATCH, (total - given) // (4 * workers)))
        for at in range(0, len(batch), size):
            yield batch[at : at + size]
        given += len(batch)


def _compare(
    pool: Workers, files: duplicates.Files, folders: dict[str, list[str]], report: Report
) -> Iterator[Finding]:
    """What only shows when files are seen side by side."""
    found = splits.classes(files)
    report.splits = _summary(files, found)
    yield from names.check_names(folders)
    yield from outliers.check_outliers([looked for _, looked in files], bool(found))
    yield from splits.check_classes(found, folders)
    yield from splits.check_labels(files)
    yield from duplicates.equal(files, bool(found), lambda paths: _digests(pool, paths))
    if has("numpy"):
        yield from duplicates.rows(files, report.notes)
        yield from duplicates.alike(files, lambda pairs: _alike(pool, pairs), report.notes)
    elif any(looked.rows or looked.format in PICTURES for _, looked in files):
        text = "rows and like pictures were not compared, since NumPy is missing: "
        report.notes.append(text + command("numpy"))


def _digests(pool: Workers, paths: list[str]) -> dict[str, bytes]:
    found = {}
    for [path], answer in pool.map("digest", ([path] for path in paths)):
        found[path] = b"" if isinstance(answer, str) else answer[0]
    return found


def _alike(pool: Workers, pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    found = set()
    batches = (pairs[at : at + 16] for at in range(0, len(pairs), 16))
    for batch, answer in pool.map("alike", batches):
        if not isinstance(answer, str):
            found |= {pair for pair, same in zip(batch, answer, strict=True) if same}
    return [pair for pair in pairs if pair in found]


def _summary(files: duplicates.Files, found: dict[str, dict[str, list[str]]]) -> list[Split]:
    """The splits, in the order of train, val, test, and the classes in each."""
    by_name: dict[str, Split] = {}
    labels: dict[str, Counter[str]] = {}
    for place, looked in files:
        split = by_name.setdefault(place.split, Split(place.split))
        split.files += 1
        split.bytes += looked.size
        split.items += looked.items
        split.seconds += looked.seconds
        if looked.labels:
            counts = {str(value): count for value, count in looked.labels.items()}
            labels.setdefault(place.split, Counter()).update(counts)
    for name, split in by_name.items():
        counts = {label: len(paths) for label, paths in found.get(name, {}).items()}
        split.classes = counts or dict(labels.get(name, {}))
    order = ("train", "val", "test", "")
    return sorted(by_name.values(), key=lambda split: order.index(split.name))


def _missing(files: list[tuple[Place, Looked]]) -> list[Missing]:
    counts = Counter(looked.library for _, looked in files if looked.library)
    return [Missing(library, command(library), count) for library, count in counts.items()]


def _nothing(paths: list[str], hidden: list[str]) -> str:
    text = f"there is no file in {' and '.join(paths)}"
    if hidden:
        text += f", but for hidden folders such as {hidden[0]}, which can be named"
    return text
