"""The time from a mended mistake to the first statement that runs again."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from benchmarks.measure import Row, Workplace, copy_in, median, ratio, seconds

_ROUNDS = 9
_SHARE = 0.1
_LIMIT = 0.3  # seconds
_READY = '"ready": true'


def watch(work: Workplace) -> Iterator[Row]:
    """From the saving of a file under `midrun watch`, and from the start of a cold `midrun resume`:
    a script that imports torch and transformers and holds 500 MB."""
    if importlib.util.find_spec("transformers") is None:
        yield Row("a retry under midrun watch", "needs transformers")
        return
    script = copy_in(work, "retry.py")
    warm: list[float] = []
    cold: list[float] = []
    with work.start("watch", "--budget", "0", script) as watching:
        assert watching.stderr is not None
        assert watching.stdout is not None
        _line(watching.stdout, "reached")
        _wait(watching.stderr)
        for turn in range(_ROUNDS + 1):
            began = time.time()
            ran = work.midrun("resume", "--budget", "0", "--cold", check=False)
            reached = _reached(ran.out)
            while not any(_READY in p.read_text() for p in work.store.glob("keepers/*.json")):
                time.sleep(0.1)
            time.sleep(1)  # nobody mends a mistake faster
            saved = time.time()
            _save(script)
            resumed = float(_line(watching.stdout, "reached").split()[1])
            _wait(watching.stderr)
            if turn:  # the first turn warms caches and bytecode
                cold.append(reached - began)
                warm.append(resumed - saved)
        watching.terminate()
    yield Row("midrun resume in a cold process", seconds(cold))
    met = median(warm) <= _LIMIT
    yield Row("from the save to the first statement, watch", seconds(warm), f"{_LIMIT} s", met)
    value, text = ratio(warm, cold)
    yield Row(
        "a retry under watch against a cold resume", text, f"at most {_SHARE}", value <= _SHARE
    )


def _save(script: Path) -> None:
    script.write_text(script.read_text() + "\n")


def _reached(out: str) -> float:
    return float(out.split()[1])


def _wait(errors: IO[str]) -> None:
    """Until it waits for an edit."""
    _line(errors, "midrun: save an edit")


def _line(stream: IO[str], begin: str) -> str:
    for line in stream:
        if line.startswith(begin):
            return line
    raise RuntimeError("midrun watch has ended")
