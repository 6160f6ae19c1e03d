"""What `midrun data` takes, against plain Python that reads the same files."""

from __future__ import annotations

import io
import resource
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.measure import Row, Workplace, copy_in, ratio, seconds

_TURNS = 3
_LEAST = 0.8  # of the speed of plain Python
_SMALL_FILES = 100_000
_LARGE = 5 * 10**9  # bytes
_TABLE = 300 * 10**6  # bytes


def data(work: Workplace) -> Iterator[Row]:
    """Small pictures, small texts, large arrays and tables; both sides with one process for each
    processor, and with the files in the page cache if they fit."""
    script = copy_in(work, "reading.py")
    sets: dict[str, Callable[[Path], None]] = {
        f"{_SMALL_FILES} JPEGs of 64 x 64, decoded": _pictures,
        f"{_SMALL_FILES} texts of 1 kB": _texts,
        f"{_LARGE / 1e9:.0f} GB in arrays of 100 MB": _arrays,
        f"{_TABLE / 1e6:.0f} MB in four CSV files, cells as numbers": _tables,
    }
    for what, make in sets.items():
        folder = work.folder / "files"
        folder.mkdir()
        make(folder)
        work.python(script, folder)  # into the page cache
        plain, ours = [], []
        for _ in range(_TURNS):
            plain.append(_cost(work, script, folder))
            ours.append(_cost(work, "-m", "midrun", "data", folder))
        for kind, index in (("CPU time", 0), ("wall time", 1)):
            theirs = [cost[index] for cost in plain]
            value, text = ratio(theirs, [cost[index] for cost in ours])
            yield Row(f"{what}: plain Python, {kind}", seconds(theirs))
            judged = kind == "CPU time"
            goal, met = f"at least {_LEAST}" if judged else "", round(value, 3) >= _LEAST
            yield Row(f"{what}: midrun data, speed by {kind}", text, goal, met if judged else None)
        shutil.rmtree(folder)


def _cost(work: Workplace, *arguments: str | Path) -> tuple[float, float]:
    """The CPU time of a process and of those that it started, and the wall time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    wall = work.python(*arguments).wall
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def _pictures(folder: Path) -> None:
    import numpy as np
    from PIL import Image

    random = np.random.default_rng(0)
    for number in range(_SMALL_FILES):
        colours = random.integers(0, 256, (6, 6, 3), dtype=np.uint8)
        image = Image.fromarray(colours).resize((64, 64), Image.Resampling.BICUBIC)
        below = folder / "train" / f"{number % 100:02}"
        below.mkdir(parents=True, exist_ok=True)
        packed = io.BytesIO()
        image.save(packed, "JPEG", quality=90)
        (below / f"{number}.jpg").write_bytes(packed.getvalue())


def _texts(folder: Path) -> None:
    for number in range(_SMALL_FILES):
        below = folder / f"{number // 1000:03}"
        below.mkdir(exist_ok=True)
        (below / f"{number}.txt").write_text(f"{number} some words of a text\n" * 33)


def _arrays(folder: Path) -> None:
    import numpy as np

    random = np.random.default_rng(0)
    shape = (100_000_000 // (3 * 32 * 32 * 4), 3, 32, 32)
    for number in range(_LARGE // 100_000_000):
        np.save(folder / f"{number:03}.npy", random.random(shape, dtype=np.float32))


def _tables(folder: Path) -> None:
    import numpy as np

    random = np.random.default_rng(0)
    for number in range(4):
        with (folder / f"{number}.csv").open("w") as file:
            file.write(",".join(f"column{n}" for n in range(10)) + "\n")
            while file.tell() < _TABLE // 4:
                rows = random.normal(size=(1000, 10)).tolist()
                file.writelines(",".join(map(repr, row)) + "\n" for row in rows)
