"""`midrun why`, and what happens when the sentinel trips, from the outside."""

from __future__ import annotations

import json
import os

import pytest

from midrun.numerics.why import explain, find_case
from midrun.store import Store

pytest.importorskip("torch")

TRAIN = """
    import torch
    from torch import nn
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    log = open("log.txt", "w")

    def penalty(x, step):
        x = x * (step != 12)
        return torch.sqrt((x ** 2).sum(1)).mean()

    for step in range(20):
        x = torch.randn(16, 4)
        loss = (model(x) ** 2).mean() + penalty(model[0](x), step)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        log.write(f"{step} {loss.item():.6f}\\n")
        log.flush()
        torch.save(model.state_dict(), "newest.pt")
    print("done")
"""


def test_the_run_pauses_tells_why_and_goes_on(project):
    project.write(TRAIN)
    done = project.midrun("run", "--no-cures", "train.py")
    assert done.stdout == "done\n"
    assert "midrun: nan in the" in done.stderr
    assert "MR103" in done.stderr
    assert f"train.py:{project.line('torch.sqrt')} in penalty" in done.stderr
    assert "    return torch.sqrt((x ** 2).sum(1)).mean()\n           ^^^^" in done.stderr


LOADER = """
    import sys
    import torch
    from torch.utils.data import DataLoader, TensorDataset

    torch.manual_seed(0)
    x = torch.randn(64, 4)
    x[37, 2] = -1000.0
    data = TensorDataset(x)
    model = torch.nn.Linear(4, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    for (batch,) in DataLoader(data, 8, shuffle=True, num_workers=int(sys.argv[1])):
        loss = model(torch.log(batch + 100.0)).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""


@pytest.mark.parametrize("workers", ["0", "2"])
def test_the_item_of_the_data_set_is_told(project, workers):
    project.write(LOADER)
    done = project.midrun("run", "--no-cures", "train.py", workers)
    assert "(item 37 of the data set)" in " ".join(done.stderr.split())  # it may be wrapped


def test_to_go_back_leaves_the_files_of_the_run_alone(project):
    project.write(TRAIN)
    project.midrun("run", "--no-cures", "train.py")
    log = (project.folder / "log.txt").read_bytes()
    files = {path.name: path.stat().st_mtime_ns for path in project.folder.glob("*.*")}
    assert len(log.splitlines()) == 20
    assert project.midrun("why", "--no-cures").returncode == 0
    assert (project.folder / "log.txt").read_bytes() == log
    assert {path.name: path.stat().st_mtime_ns for path in project.folder.glob("*.*")} == files
    assert len(os.listdir(project.folder / ".midrun" / "runs")) == 1


def test_a_log_that_was_open_at_the_savepoint_stays_whole(project):
    marked = "if step == 9: __import__('midrun').savepoint()"
    project.write(TRAIN.replace("x = torch.randn(16", f"{marked}\n        x = torch.randn(16"))
    project.midrun("run", "--no-cures", "train.py")
    log = (project.folder / "log.txt").read_bytes()
    assert len(log.splitlines()) == 20
    project.midrun("why", "--no-cures")
    assert (project.folder / "log.txt").read_bytes() == log


def test_json_is_one_object(project):
    project.write(TRAIN)
    project.midrun("run", "--on-nan", "continue", "--no-cures", "train.py")
    found = json.loads(project.midrun("why", "--json", "--no-cures").stdout)
    assert found["file"] == str(project.folder / "train.py")
    assert found["line"] == project.line("torch.sqrt")
    assert (found["code"], found["cause"], found["phase"]) == (
        "MR103", "infinite-derivative", "backward",
    )  # fmt: skip
    assert (found["backward"], found["step"]) == (13, 13)
    assert found["operation"].startswith("aten.")
    assert {"module", "sample", "also", "cures", "history"} <= set(found)
    (*_, last) = found["history"]
    assert {"inputs", "outputs"} <= set(last["largest"])


def test_on_nan_stop_ends_the_run(project):
    project.write(TRAIN)
    done = project.midrun("run", "--on-nan", "stop", "--no-cures", "train.py")
    assert done.returncode == -15
    assert done.stdout == ""
    assert "stopped" in project.midrun("ls").stdout


def test_without_the_sentinel_nothing_is_said(project):
    project.write(TRAIN)
    done = project.midrun("run", "--no-sentinel", "train.py")
    assert (done.stdout, done.stderr) == ("done\n", "")
    said = project.midrun("why")
    assert said.returncode == 2
    assert "was not watched for NaN; run it without --no-sentinel" in said.stderr


def test_a_run_in_which_nothing_could_be_looked_at(project):
    project.write("for i in range(3):\n    print(i)\n")
    project.midrun("run", "train.py")
    said = project.midrun("why")
    assert said.returncode == 2
    assert "had nothing to look at: no loss was given to backward()" in said.stderr


def test_a_program_that_raises_when_it_sees_the_nan(project):
    project.write(
        TRAIN.replace("loss.backward()", "assert loss.isfinite()\n        loss.backward()")
    )
    done = project.midrun("run", "--no-cures", "train.py")
    assert done.returncode == 1
    found = json.loads(project.midrun("why", "--json", "--no-cures").stdout)
    assert found["line"] == project.line("torch.sqrt")


def test_a_nan_that_does_not_come_again_is_told_as_such(project):
    text = TRAIN.replace("step != 12", "step != 12 or os.path.exists('once')")
    text = text.replace("    import torch\n", "    import os\n    import torch\n", 1)
    project.write(text + "    open('once', 'w').close()\n")
    done = project.midrun("run", "--no-cures", "train.py")
    assert "MR103" in done.stderr
    said = project.midrun("why")
    assert said.returncode == 2
    assert "not reproduced" in said.stderr


def test_a_run_without_a_savepoint_is_repeated_from_its_start(project):
    project.write(TRAIN)
    done = project.midrun("run", "--budget", "0", "--no-cures", "train.py")
    assert "MR103" in done.stderr


def test_cures_start_from_a_savepoint_close_to_the_bad_step(project, tmp_path, monkeypatch):
    # The steps take so long that the sentinel looks at every tenth.
    slow = "import time; time.sleep(0.01)\n        x = torch.randn"
    text = TRAIN.replace("step != 12", "step != 60").replace("range(20)", "range(70)")
    project.write(text.replace("x = torch.randn", slow))
    far = f"train.py:{project.line('x = torch.randn')}#20"
    project.midrun("run", "--no-cures", "--budget", "0", "--at", far, "train.py")
    monkeypatch.setenv("MIDRUN_KEY_FILE", str(project.folder / "key"))
    case = find_case(Store(project.folder / ".midrun"), None)
    (tmp_path / "branch").mkdir()
    _, start = explain(case, tmp_path / "branch")
    near = start.savepoint.manifest["training"]["backwards"]
    assert case.begin.backwards - 5 <= near < case.begin.backwards
    assert str(project.folder / "log.txt") in start.files


def test_cures_are_tried_and_the_best_is_written(project):
    project.write(TRAIN)
    project.midrun("run", "--no-cures", "train.py")
    done = project.midrun("why", "--json", "--apply")
    cures = json.loads(done.stdout)["cures"]
    assert cures[0]["finite"]
    assert not cures[0]["hides"]
    assert any(cure["hides"] for cure in cures)
    assert cures[0]["diff"].startswith("--- a/train.py")
    assert f"midrun: {cures[0]['title']}: written to train.py" in done.stderr
    again = project.midrun("run", "train.py")
    assert (again.stdout, again.stderr) == ("done\n", "")


TABLE = """
    import numpy as np
    import torch

    def load():
        x = np.random.rand(64, 5)
        x[:, 2] = 0.5
        return torch.tensor((x - x.mean(0)) / x.std(0), dtype=torch.float32)
"""
SCALED = """
    import torch
    from table import load

    x = load()
    model = torch.nn.Linear(5, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for step in range(5):
        loss = model(x).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""


def test_bad_data_that_numpy_made_before_the_training(project):
    project.write(SCALED)
    project.write(TABLE, "table.py")
    done = project.midrun("run", "train.py")
    line = project.line("x.std(0)", "table.py")
    assert f"NumPy: invalid value at table.py:{line}" in done.stderr
    assert "the best: an epsilon in the denominator, where the data are made" in done.stderr
    assert "+    return torch.tensor((x - x.mean(0)) / (x.std(0) + 1e-6)" in done.stderr


UNSEEDED = """
    import random
    import torch

    model = torch.nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for step in range(100):
        scale = random.random()
        loss = torch.sqrt(model(torch.randn(8, 2)) ** 2 * (scale > 0.2)).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""


def test_a_program_that_seeds_nothing_is_repeated_all_the_same(project):
    project.write(UNSEEDED)
    done = project.midrun("run", "--no-cures", "--budget", "0", "train.py")
    assert "MR103" in done.stderr
    assert "not the same to the bit" not in done.stderr
