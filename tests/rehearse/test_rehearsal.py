"""Rehearsals of scripts, from the command line. Those marked as slow are left out in CI, and run by
scripts/rehearse-cases."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
import rehearsing

pytest.importorskip("torch")

in_full = pytest.mark.skipif(
    "MIDRUN_ALL_CASES" not in os.environ, reason="takes seconds: run scripts/rehearse-cases"
)

TRAINING = """
import sys
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(4007, 16)
y = (x.sum(1) > 0).long()
model = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
step = 0
for epoch in range(1000):
    for first in range(0, len(x), 8):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x[first : first + 8]), y[first : first + 8])
        loss.backward()
        optimizer.step()
        step += 1
        {in_step}
    print(epoch, step, first)
    {in_epoch}
{at_end}
"""


def script(in_step: str = "pass", in_epoch: str = "pass", at_end: str = "") -> str:
    return TRAINING.format(
        in_step=textwrap.indent(in_step, " " * 8).strip(),
        in_epoch=textwrap.indent(in_epoch, " " * 4).strip(),
        at_end=at_end,
    )


def rehearse(text: str, folder: Path, *options: str) -> tuple[dict[str, Any], int]:
    """The report, and the exit code."""
    (folder / "train.py").write_text(text)
    return rehearsing.rehearse(folder, *options, "train.py")


def codes(report: dict[str, Any]) -> list[tuple[str, int]]:
    return [(fault["code"], fault["line"]) for fault in report["faults"]]


def line_of(text: str, part: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if part in line)


def test_a_sound_script_has_no_fault_and_a_forecast(tmp_path: Path) -> None:
    report, code = rehearse(script(), tmp_path, "--keep", "kept")
    assert (codes(report), code) == ([], 0)
    assert report["forecast"]["seconds"] > report["forecast"]["spent"]
    printed = (tmp_path / "kept" / "printed-first.txt").read_text().splitlines()
    # Each epoch ends with the short batch at 4000, and the counter has gone on with it.
    assert printed[0] == "0 501 4000"
    assert printed[-1] == "999 501000 4000"


def test_a_condition_on_a_counter_is_met(tmp_path: Path) -> None:
    text = script(in_step="if step % 30000 == 0:\n    evaluate(model)")
    report, code = rehearse(text, tmp_path)
    assert (codes(report), code) == ([("MR300", line_of(text, "evaluate("))], 1)
    assert report["faults"][0]["message"].startswith("NameError")


@in_full
def test_a_condition_that_a_function_is_called_with_is_met(tmp_path: Path) -> None:
    text = script(in_epoch="report(epoch)").replace(
        "step = 0\n", "step = 0\ndef report(now):\n    if now == 700:\n        print(undefined)\n"
    )
    report, _ = rehearse(text, tmp_path)
    assert codes(report) == [("MR300", line_of(text, "undefined"))]


def test_a_test_of_values_is_tried_the_other_way(tmp_path: Path) -> None:
    text = script(in_epoch="if loss.item() > 50:\n    print(undefined)")
    report, _ = rehearse(text, tmp_path)
    assert codes(report) == [("MR301", line_of(text, "undefined"))]
    assert report["conditions_tried"] == 1


@in_full
def test_an_exception_of_the_script_s_own_is_what_it_is_for(tmp_path: Path) -> None:
    text = script(in_epoch="if loss.item() > 50:\n    raise RuntimeError('diverged')")
    report, _ = rehearse(text, tmp_path)
    assert codes(report) == []


def test_what_the_script_writes_stays_in_the_scratch_folder(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old.txt").write_text("mine")
    text = script(at_end="import shutil\nshutil.rmtree('out')\nopen('new.txt', 'w').write('x')")
    report, _ = rehearse(text, tmp_path)
    assert codes(report) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "train.py"]
    assert (tmp_path / "out" / "old.txt").read_text() == "mine"


@in_full
def test_a_budget_that_is_too_short_is_a_fault(tmp_path: Path) -> None:
    report, code = rehearse(script(), tmp_path, "--budget", "3s")
    assert [fault["rule"] for fault in report["faults"]] == ["over-time"]
    assert code == 1


@in_full
def test_a_process_that_ends_without_a_word_is_told(tmp_path: Path) -> None:
    report, _ = rehearse(script(in_epoch="import os; os._exit(7)"), tmp_path)
    assert report["faults"][0]["message"] == "the process ended with exit code 7"


def test_the_work_that_a_solver_makes_up_for_is_counted_once(tmp_path: Path) -> None:
    text = """
import time, torch
model = torch.nn.Linear(4, 1)
model(torch.randn(2, 4)).sum().backward()
now = 0
with torch.no_grad():
    for until in range(1, 3001):
        time.sleep(0.001 * (until - now))
        now = until
        model(torch.randn(2, 4))
"""
    report, _ = rehearse(text, tmp_path)
    (loop,) = (phase for phase in report["forecast"]["phases"] if phase["line"] == 7)
    assert int(loop["visited"].partition(" of 3000 ")[0]) < 100
    assert loop["seconds"] < 1.5 * loop["spent"]


def test_a_script_that_is_not_there(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "midrun", "rehearse", "trian.py"], cwd=tmp_path,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("midrun: there is no script trian.py in ")


RESUMED = """
import os, sys
import torch

torch.manual_seed(0)
model = torch.nn.Linear(4, 1)
optimizer = torch.optim.Adam(model.parameters())
begin = 0
if os.path.exists("last.pt"):
    saved = torch.load("last.pt")
    model.load_state_dict(saved["model"])
    {load}
    torch.set_rng_state(saved["rng"])
    begin = saved["step"]
for step in range(begin, 100000):
    loss = (model(torch.randn(8, 4)) - 1).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if (step + 1) % 1000 == 0:
        torch.save({{"model": model.state_dict(), "optimizer": optimizer.state_dict(),
                    "rng": torch.get_rng_state(), "step": step + 1}}, "last.pt")
"""


def test_a_training_that_forgets_its_optimizer_is_told_so(tmp_path: Path) -> None:
    report, _ = rehearse(RESUMED.format(load="pass"), tmp_path)
    assert [fault["rule"] for fault in report["faults"]] == ["forgotten-state"]
    assert report["faults"][0]["evidence"].startswith("forgotten: the optimizer; ")


@in_full
def test_one_that_resumes_as_it_was_has_no_fault(tmp_path: Path) -> None:
    load = 'optimizer.load_state_dict(saved["optimizer"])'
    report, _ = rehearse(RESUMED.format(load=load), tmp_path)
    assert codes(report) == []


def test_the_data_that_it_opens_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("a,b\n1,2\n3,nan\n4,5\n")
    text = script(at_end="open('labels.csv').read()")
    report, _ = rehearse(text, tmp_path)
    assert report["data"]["paths"] == [str(tmp_path / "labels.csv")]
    assert report["data"]["files"] == 1
    report, _ = rehearse(text, tmp_path, "--no-data")
    assert report["data"] is None


@in_full
def test_a_checkpoint_of_each_step_is_resumed_as_of_the_first(tmp_path: Path) -> None:
    saves = "torch.save({'m': model.state_dict(), 'o': optimizer.state_dict(), 's': step}, 'c.pt')"
    text = (
        script(in_step=saves)
        .replace(
            "step = 0\n",
            "step = 0\nimport os\nif os.path.exists('c.pt'):\n    c = torch.load('c.pt')\n"
            "    model.load_state_dict(c['m'])\n    optimizer.load_state_dict(c['o'])\n"
            "    step = c['s']\n",
        )
        .replace("range(0, len(x), 8)", "range(8 * step, len(x), 8)")
    )
    report, _ = rehearse(text, tmp_path)
    assert "forgotten-state" not in {fault["rule"] for fault in report["faults"]}


@in_full
def test_an_error_in_a_worker_process_is_told_where_it_was(tmp_path: Path) -> None:
    text = """
        import torch
        from torch.utils.data import DataLoader, Dataset

        class Items(Dataset):
            def __len__(self):
                return 2000
            def __getitem__(self, index):
                return torch.ones(3) if index < 1999 else torch.ones(undefined)

        model = torch.nn.Linear(3, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for x in DataLoader(Items(), batch_size=4, num_workers=1):
            optimizer.zero_grad()
            model(x).sum().backward()
            optimizer.step()
    """
    report, _ = rehearse(textwrap.dedent(text), tmp_path)
    assert codes(report)[0] == ("MR300", line_of(textwrap.dedent(text), "undefined"))


def test_a_test_in_a_callback_is_met_where_it_is_true(tmp_path: Path) -> None:
    text = """
        import torch

        class Trainer:
            def __init__(self):
                self.steps = 0
                self.callbacks = [self.now_and_then]
                self.model = torch.nn.Linear(3, 1)
                self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.01)

            def train_step(self):
                self.optimizer.zero_grad()
                self.model(torch.ones(64, 3)).sum().backward()
                self.optimizer.step()
                self.steps += 1

            def now_and_then(self):
                if self.steps % 700 == 0:
                    print(undefined)

            def run(self):
                for _ in range(20_011):
                    self.train_step()
                    for callback in self.callbacks:
                        callback()

        Trainer().run()
    """
    text = textwrap.dedent(text)
    report, _ = rehearse(text, tmp_path)
    assert codes(report) == [("MR300", line_of(text, "undefined"))]


def test_a_training_that_begins_late_is_cut_as_well(tmp_path: Path) -> None:
    text = """
        import torch

        model = torch.nn.Linear(3, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        memory = []
        for step in range(10**6):
            memory.append(torch.ones(3))
            if step > 1000:
                optimizer.zero_grad()
                model(memory[step % 1000]).sum().backward()
                optimizer.step()
            if step == 60_000:
                print(undefined)
    """
    text = textwrap.dedent(text)
    report, _ = rehearse(text, tmp_path)
    assert ("MR300", line_of(text, "undefined")) in codes(report)
    assert report["loops"][0]["visited"][0] == 0
    assert report["loops"][0]["length"] == 10**6


def test_what_workers_run_has_run_and_what_is_written_at_the_end_counts(tmp_path: Path) -> None:
    text = """
        import torch
        from torch.utils.data import DataLoader, Dataset

        class Items(Dataset):
            def __len__(self):
                return 400
            def __getitem__(self, index):
                item = torch.ones(3)
                return item

        model = torch.nn.Linear(3, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for x in DataLoader(Items(), batch_size=4, num_workers=1):
            optimizer.zero_grad()
            model(x).sum().backward()
            optimizer.step()
        open("weights", "wb").write(bytes(10_000))
    """
    report, _ = rehearse(textwrap.dedent(text), tmp_path)
    assert report["never_ran"] == []
    assert report["forecast"]["written"] == 10_000


LOADED = """
import torch
from torch.utils.data import DataLoader


class Late:
    def __init__(self):
        self.seen = 0

    def step(self):
        self.seen += 1
        if self.seen == 1700:
            print("late", self.seen)


model = torch.nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
late = Late()
loader = DataLoader(torch.randn(4002, 4), batch_size=4, shuffle=True)
for epoch in range(2):
    for x in loader:
        optimizer.zero_grad()
        model(x).square().mean().backward()
        optimizer.step()
        late.step()
        {slow}
    print("epoch", epoch, late.seen, len(x))
"""


def test_a_loader_is_left_out_of_once_where_the_loop_draws_from_it(tmp_path: Path) -> None:
    text = LOADED.format(slow="__import__('time').sleep(0.02)")
    report, _ = rehearse(text, tmp_path, "--keep", "kept")
    assert codes(report) == []
    printed = (tmp_path / "kept" / "printed-first.txt").read_text().splitlines()
    assert printed == ["epoch 0 1001 2", "late 1700", "epoch 1 2002 2"]
