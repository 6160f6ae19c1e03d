"""The process that is started before there is a NaN."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

pytest.importorskip("torch")

# It is started at once, where it waits for minutes otherwise; at step 15 it is there.
TRAIN = """
    import os, signal, sys, time
    import torch
    import midrun.run.sentinel, midrun.run.standby
    midrun.run.sentinel._SHARE, midrun.run.standby.COST = 1.0, 1e-4
    torch.manual_seed(0)
    model = torch.nn.Linear(4, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)

    def children():
        pid = os.getpid()
        return [int(child) for child in open(f"/proc/{pid}/task/{pid}/children").read().split()]

    for step in range(20):
        x = torch.randn(16, 4) * (step != int(sys.argv[1]))
        loss = (model(x) ** 2).mean() + torch.sqrt((x * model.weight).square().sum(1)).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        time.sleep(0.03)
        if step == 15:
            print(*children(), flush=True)
            for child in children() if "kill" in sys.argv else []:
                os.kill(child, signal.SIGKILL)
"""
NEVER = "-1"


def is_running(pid: str) -> bool:
    return Path("/proc", pid).exists()


def test_it_tells_where_the_nan_comes_from(project):
    project.write(TRAIN)
    done = project.midrun("run", "--no-cures", "train.py", "18")
    assert "MR103" in done.stderr
    assert f"train.py:{project.line('torch.sqrt')}" in done.stderr
    assert not is_running(done.stdout.strip())


def test_it_ends_with_a_run_that_stays_finite(project):
    project.write(TRAIN)
    done = project.midrun("run", "train.py", NEVER)
    assert done.stderr == ""
    for _ in range(200):
        if not is_running(done.stdout.strip()):
            return
        time.sleep(0.05)
    pytest.fail("it runs on")


def test_another_one_is_started_if_it_was_killed(project):
    project.write(TRAIN)
    done = project.midrun("run", "--no-cures", "train.py", "18", "kill")
    assert "MR103" in done.stderr


def test_with_no_budget_none_is_started(project):
    project.write(TRAIN)
    assert project.midrun("run", "--budget", "0", "train.py", NEVER).stdout == "\n"
