"""Rehearsals of programs that frameworks drive: see scripts/frameworks."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
import rehearsing

pytestmark = [pytest.mark.frameworks, pytest.mark.timeout(300)]
SCRIPTS = Path(__file__).parent / "frameworks"


def rehearse(
    name: str, folder: Path, *arguments: str, edits: dict[str, str] | None = None
) -> tuple[dict[str, Any], list[str]]:
    """The report on a script, with parts of it replaced, and what it printed."""
    package = name.partition("_")[0].replace("sb3", "stable_baselines3")
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    text = (SCRIPTS / f"{name}.py").read_text()
    for old, new in (edits or {}).items():
        assert old in text
        text = text.replace(old, new)
    (folder / "train.py").write_text(text)
    report, _ = rehearsing.rehearse(folder, "--no-data", "--keep", "kept", "train.py", *arguments)
    return report, (folder / "kept" / "printed-first.txt").read_text().splitlines()


def faults(report: dict[str, Any]) -> list[tuple[str, str, int]]:
    return [(f["rule"], Path(f["file"]).name, f["line"]) for f in report["faults"]]


def line_of(folder: Path, part: str) -> int:
    lines = (folder / "train.py").read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if part in line)


def visited(report: dict[str, Any], length: int) -> int:
    """How many rounds were visited of the training loop that has so many."""
    loops = [loop for loop in report["loops"] if loop["trains"] and loop["length"] == length]
    assert loops
    assert all(length - 1 in loop["visited"] for loop in loops)
    return max(len(loop["visited"]) for loop in loops)


def test_a_trainer_of_transformers(tmp_path: Path) -> None:
    report, printed = rehearse("transformers_trainer", tmp_path, "30")
    assert faults(report) == []
    assert report["forecast"]["seconds"] > 3 * report["forecast"]["spent"]
    assert visited(report, 1001) < 300
    assert visited(report, 30) < 10
    # The counters have gone on, the schedule too; the last evaluation is cut as the others are.
    assert any(line.startswith("epoch 30.0 30030 0.0") for line in printed)
    assert "trained 30030" in printed
    assert all(Path(file).name == "train.py" for file, *_ in report["never_ran"])


@pytest.mark.parametrize("late", ["pass  # in step", "pass  # in save", "# in metrics"])
def test_late_faults_under_transformers(late: str, tmp_path: Path) -> None:
    report, _ = rehearse("transformers_trainer", tmp_path, edits={late: "undefined"})
    assert faults(report) == [("crash", "train.py", line_of(tmp_path, "undefined"))]


def test_gradients_that_are_accumulated_under_transformers(tmp_path: Path) -> None:
    edits = {"logging_steps=50": "logging_steps=50,\n        gradient_accumulation_steps=3"}
    report, printed = rehearse("transformers_trainer", tmp_path, edits=edits)
    assert faults(report) == []
    assert "trained 1002" in printed


def test_a_limit_of_steps_under_transformers(tmp_path: Path) -> None:
    edits = {"logging_steps=50": "logging_steps=50,\n        max_steps=20500"}
    report, printed = rehearse("transformers_trainer", tmp_path, edits=edits)
    assert faults(report) == []
    assert "trained 20500" in printed


def test_a_trainer_of_lightning(tmp_path: Path) -> None:
    report, printed = rehearse("lightning_trainer", tmp_path, "30")
    assert faults(report) == []
    assert report["forecast"]["seconds"] > 3 * report["forecast"]["spent"]
    assert visited(report, 1001) < 300
    assert visited(report, 30) < 10
    assert "last batch 2 1001" in printed
    assert "trained 30 30030" in printed
    assert "test 166 4" in printed


@pytest.mark.parametrize("late", ["pass  # in step", "# in validation", "# in test"])
def test_late_faults_under_lightning(late: str, tmp_path: Path) -> None:
    report, _ = rehearse("lightning_trainer", tmp_path, edits={late: "undefined"})
    assert faults(report) == [("crash", "train.py", line_of(tmp_path, "undefined"))]


def test_gradients_that_are_accumulated_under_lightning(tmp_path: Path) -> None:
    edits = {'accelerator="cpu"': 'accelerator="cpu", accumulate_grad_batches=4'}
    report, printed = rehearse("lightning_trainer", tmp_path, edits=edits)
    assert faults(report) == []
    assert "trained 5 1255" in printed


def test_a_limit_of_steps_under_lightning(tmp_path: Path) -> None:
    edits = {'accelerator="cpu"': 'accelerator="cpu", max_steps=20500', "max_epochs": "min_epochs"}
    report, printed = rehearse("lightning_trainer", tmp_path, edits=edits)
    assert faults(report) == []
    assert "trained 21 20500" in printed


def test_an_engine_of_ignite(tmp_path: Path) -> None:
    report, printed = rehearse("ignite_engine", tmp_path, "30")
    assert faults(report) == []
    assert report["forecast"]["seconds"] > 3 * report["forecast"]["spent"]
    assert visited(report, 30) < 10
    assert "last batch 2" in printed
    assert "iteration 1 500" in printed
    assert "trained 30 30030" in printed


@pytest.mark.parametrize("late", ["pass  # in step", "pass  # in validation"])
def test_late_faults_under_ignite(late: str, tmp_path: Path) -> None:
    report, _ = rehearse("ignite_engine", tmp_path, edits={late: "undefined"})
    assert faults(report) == [("crash", "train.py", line_of(tmp_path, "undefined"))]


def test_a_net_of_skorch(tmp_path: Path) -> None:
    report, printed = rehearse("skorch_net", tmp_path, "30")
    assert [fault for fault in faults(report) if fault[0] != "not-shuffled"] == []
    assert visited(report, 30) < 10
    assert "last batch 1 1001" in printed


def test_a_model_of_stable_baselines3(tmp_path: Path) -> None:
    report, printed = rehearse("sb3_dqn", tmp_path)
    assert faults(report) == []
    assert visited(report, 7500) < 500
    assert "trained 30000" in printed
