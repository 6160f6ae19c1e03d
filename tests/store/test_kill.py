"""kill -9 at any moment of a save: what is listed loads, and what was listed stays."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

from midrun.store import Store

KILLS = 200
SAVER = """
import os, sys
from pathlib import Path
from midrun.store import Store
run = Store(Path(sys.argv[1])).new_run({})
print(flush=True)
for n in range(10**9):
    draft = run.draft()
    draft.put(b"the same in all")
    for size in (10, 5000, 300000):
        draft.put(os.urandom(size))
    draft.finish(os.urandom(2000), {"name": f"n{n}"}).wait()
    run.log({"event": n})
    run.update(saved=n)
"""


def test_kill_at_random_moments(store: Store):
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    drafts = 0
    shown: dict[str, str] = {}  # spec to digest
    for kill in range(KILLS):
        command = [sys.executable, "-S", "-c", SAVER, str(store.folder)]
        path = os.pathsep.join(p for p in sys.path if p)
        env = os.environ | {"PYTHONPATH": path}
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=env) as saver:
            assert saver.stdout is not None
            saver.stdout.readline()
            time.sleep(chance.uniform(0, 0.06))
            saver.kill()
        fresh = Store(Path(store.folder))
        run = fresh.runs()[-1]
        assert not run.alive
        assert run.info["pid"] == saver.pid
        for savepoint in run.savepoints():
            assert savepoint.damaged() == [], f"seed {seed}, kill {kill}"
            savepoint.check()
        drafts += len(list((run.folder / "savepoints").glob("*.draft")))
        if kill % 20 == 19:
            fresh.gc()
        listed = {s.spec: s.manifest["digest"] for r in fresh.runs() for s in r.savepoints()}
        assert shown.items() <= listed.items(), f"seed {seed}, kill {kill}"
        shown = listed
        assert all(isinstance(event["event"], int) for event in run.events())
    assert drafts > 20  # the kills did hit saves
    assert len(shown) > 20
    for run in store.runs():
        for savepoint in run.savepoints():
            savepoint.check()
            assert savepoint.damaged() == [], f"seed {seed}"
