"""A watched script computes what it would alone, and nothing of it is kept alive."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from test_watching_kinds import FOLDER

pytest.importorskip("torch")

SCRIPT = """
import random, weakref

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

random.seed(0)
np.random.seed(0)
torch.manual_seed(0)
data = TensorDataset(torch.randn(64, 8), torch.randint(0, 3, (64,)))
loader = DataLoader(data, batch_size=8, shuffle=True, num_workers=1)
model = nn.Sequential(nn.Linear(8, 16), nn.Dropout(0.2), nn.Linear(16, 3))
optimizer = torch.optim.Adam(model.parameters())
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 2)
losses = []
for epoch in range(3):
    for x, y in loader:
        optimizer.zero_grad()
        out = model(x)
        loss = nn.functional.cross_entropy(out, y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    scheduler.step()
"""


def run(folder: Path, code: str, script: str = SCRIPT) -> list[str]:
    """The lines that `code` prints, in a process where `script` lies at `path`."""
    path = folder / "script.py"
    path.write_text(dedent(script))
    head = f"""
        import sys
        from pathlib import Path
        sys.path.insert(0, {str(FOLDER)!r})
        from midrun.rehearse.watching.watching import Watching
        from watched_scripts import execute
        path = Path({str(path)!r})
        watching = Watching(lambda file: file == str(path))
    """
    text = dedent(head) + dedent(code)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", text],
        capture_output=True,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_watched_script_computes_what_it_would_alone(tmp_path: Path) -> None:
    code = """
        if {watch}:
            watching.begin()
        names = execute(path, watching if {watch} else None, cuts=False)
        random, np, torch = names["random"], names["np"], names["torch"]
        print(names["losses"])
        print(random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist())
        assert not watching.failures
    """
    alone = run(tmp_path, code.format(watch=False))
    assert run(tmp_path, code.format(watch=True)) == alone


def test_nothing_of_the_script_is_kept_alive(tmp_path: Path) -> None:
    code = """
        import gc, weakref
        watching.begin()
        names = execute(path, watching)
        refs = [weakref.ref(names.pop(name)) for name in ("model", "optimizer", "loader", "out")]
        refs += [weakref.ref(names.pop(name)) for name in ("loss", "x", "scheduler")]
        gc.collect()
        print([ref() for ref in refs])
    """
    assert run(tmp_path, code) == [str([None] * 7)]


def test_faults_are_told_after_a_crash(tmp_path: Path) -> None:
    script = """
        import torch
        model = torch.nn.Linear(2, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for step in range(6):
            model(torch.randn(3, 2)).sum().backward()
            optimizer.step()
        raise ValueError("the end")
    """
    code = """
        import json
        watching.begin()
        try:
            execute(path, watching)
        except ValueError:
            print(json.dumps([(fault.rule, fault.line) for fault in watching.faults()]))
    """
    [line] = run(tmp_path, code, script)
    assert json.loads(line) == [["gradients-never-zeroed", 6]]


def test_a_mistake_of_the_watching_harms_nothing(tmp_path: Path) -> None:
    code = """
        from midrun.rehearse.watching.kinds.zeroing import NeverZeroed
        def fails(self, *args):
            raise RuntimeError("a mistake")
        NeverZeroed.stepped = fails
        watching.begin()
        print(len(execute(path, watching)["losses"]) > 0)
        print(watching.failures)
    """
    assert run(tmp_path, code) == ["True", """["NeverZeroed.stepped: RuntimeError('a mistake')"]"""]


SEEN_AT_TIMES = """
    class AtTimes:
        def __init__(self, pattern):
            self.pattern, self.asked = pattern, 0
        def allows(self, kind, *, early=True):
            if kind != "call":
                return True
            self.asked += 1
            return self.pattern[(self.asked - 1) % len(self.pattern)]
        def timed(self, action):
            return action()
    watching._scene.budget = AtTimes({pattern})
    watching.begin()
    execute(path, watching, cuts=False)
    print([(fault.rule, fault.line) for fault in watching.faults()], watching.failures)
"""


@pytest.mark.parametrize("pattern", [(0, 1), (0, 0, 1), (0, 0, 0, 1, 1, 1)])
def test_calls_that_are_looked_at_only_at_times_give_no_false_alarm(
    tmp_path: Path, pattern: tuple[int, ...]
) -> None:
    script = """
        import torch
        model, criterion = torch.nn.Linear(2, 2), torch.nn.CrossEntropyLoss()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for step in range(60):
            x = torch.randn(8, 2)
            loss = criterion(model(x), (x[:, 0] > 0).long())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    """
    assert run(tmp_path, SEEN_AT_TIMES.format(pattern=pattern), script) == ["[] []"]


GROWS_BETWEEN_LOOKS = """
    class Seldom:
        def __init__(self):
            self.asked = 0
        def allows(self, kind, *, early=True):
            self.asked += kind[0] == "memory"
            return kind[0] != "memory" or self.asked in (1, 2, 3, 50)
        def timed(self, action):
            return action()
    watching._scene.budget = Seldom()
    watching.begin()
    execute(path, watching, cuts=False)
    print([fault.message for fault in watching.faults()], watching.failures)
"""


def test_what_has_grown_between_two_looks_is_of_all_rounds_between_them(tmp_path: Path) -> None:
    script = """
        import torch
        model = torch.nn.Linear(2, 2)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        outputs = []
        for step in range(60):
            out = model(torch.randn(1_000_000, 2))
            optimizer.zero_grad()
            out.mean().backward()
            optimizer.step()
            outputs.append(out.detach())
    """
    code = GROWS_BETWEEN_LOOKS
    assert run(tmp_path, code, script) == ["['outputs grows by 8.0 MB with each round'] []"]
