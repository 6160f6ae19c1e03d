"""Random programs, resumed from a random position, are the same programs.

`MIDRUN_PROGRAMS=5000 pytest tests/whole/test_random_programs.py` runs more of them.
"""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import pytest

from midrun.run.spec import Spec
from programs import build, edited

COUNT = int(os.environ.get("MIDRUN_PROGRAMS", "300"))
BATCH = 25


@pytest.mark.timeout(600)
@pytest.mark.parametrize("batch", range(0, COUNT, BATCH))
def test_resumed_is_the_same(batch: int, verify, tmp_path: Path):
    for seed in range(batch, min(batch + BATCH, COUNT)):
        program = tmp_path / f"program{seed}.py"
        program.write_text(build(random.Random(seed)))
        report = verify(program, points=1, seed=seed)
        assert report.failed == "", f"programs.build(random.Random({seed}))"
        faults = [
            (p.place, p.faults, p.miscounted) for p in report.points if p.faults or p.miscounted
        ]
        assert faults == [], f"programs.build(random.Random({seed}))"


@pytest.mark.timeout(600)
@pytest.mark.parametrize("batch", range(0, COUNT // 3, BATCH))
def test_an_edit_after_the_position_is_taken(batch: int, forks, tmp_path: Path):
    for seed in range(batch, min(batch + BATCH, COUNT // 3)):
        folder = tmp_path / str(seed)
        folder.mkdir()
        program = Edited(forks, folder, build(random.Random(seed)), seed)
        assert program.resumed() == program.uninterrupted(), f"build(random.Random({seed}))"


class Edited:
    """A program that is saved at a random check, edited after it, and continued."""

    def __init__(self, forks, folder: Path, source: str, seed: int) -> None:
        self._forks = forks
        self._folder = folder
        self._path = folder / "program.py"
        self._source = source
        self._seed = seed
        self._new = source

    def resumed(self) -> bytes:
        self._path.write_text(self._source)
        _, state = self._run("count")
        chooser = random.Random(self._seed)
        point = chooser.randrange(1, state["counts"]["checks"] + 1), chooser.choice((0, 0, 1, 3))
        before, _ = self._run("before", points=[point], stop=True)
        saved = list(self._folder.glob("store/runs/*/savepoints/*/manifest.json"))
        if not saved:
            return before
        manifest = json.loads(saved[0].read_text())
        self._new = edited(self._source, manifest["stack"][0]["line"], self._seed) or self._source
        self._path.write_text(self._new)
        after, _ = self._run("after", savepoint=":1", trust=True, target="")
        return before + after

    def uninterrupted(self) -> bytes:
        self._path.write_text(self._new)
        return self._run("whole")[0]

    def _run(self, name: str, **options) -> tuple[bytes, dict]:
        here = self._folder / name
        here.mkdir()
        store = str(self._folder / "store")
        options = {"target": str(self._path), "budget": 0.0, "hash_seed": "user 7", **options}
        spec = Spec(store=store, verify=str(here), seed=1, quiet=True, **options)
        self._forks.run(spec, [], here, here / "out", here / "err")
        final = here / "final.json"
        return (here / "out").read_bytes(), json.loads(final.read_text()) if final.exists() else {}
