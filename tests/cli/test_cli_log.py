"""show RUN, and what ls says of a continuation."""

from __future__ import annotations

import json

import pytest

from midrun.report.logged import named
from midrun.store import Run


def log(run: Run, rounds: int, every: int = 1) -> None:
    """Records of a loop of train.py as the run layer writes them."""
    file = run.info["roots"][0] + "/train.py"
    for number in range(1, rounds + 1):
        loss = "nan" if number == rounds else 1 / number
        run.log({
            "event": "values", "elapsed": number / 2, "file": file, "line": 3, "function": "train",
            "round": number * every, "every": every,
            "values": {"step": number - 1, "loss": loss, "phase": "warm"},
        })  # fmt: skip


def test_show_of_a_run_has_a_table_of_its_loop_with_bars(call, make_run):
    run = make_run()
    log(run, rounds=40, every=2)
    lines = [line.split() for line in call("show", run.id).out.splitlines()]
    title = "loop at train.py:3 in train: 80 rounds, every 2nd logged"
    at = lines.index(title.split())
    assert lines[at + 1] == ["after", "round", "step", "loss", "phase"]
    assert lines[at + 2] == ["0.5", "s", "2", "0", "1", "warm"]
    assert lines[at + 15] == ["20", "s", "78", "38", "0.02564", "warm"]
    assert lines[at + 16] == ["20", "s", "80", "39", "nan", "warm"]
    bars = lines[at + 17]
    assert len(bars) == 2  # none for the texts
    assert bars[1][0] == "█"
    assert bars[1][-1] == "x"


def test_the_table_fits_the_terminal(call, make_run, monkeypatch):
    run = make_run()
    log(run, rounds=5)
    monkeypatch.setenv("COLUMNS", "40")
    out = call("show", run.id).out
    assert max(map(len, out.splitlines())) <= 40
    assert "and loss, phase: --json has all" in out


def test_show_of_a_run_as_json_has_every_record(call, make_run):
    run = make_run(status="crashed")
    log(run, rounds=30)
    run.log({
        "event": "exception", "elapsed": 20.0, "type": "ValueError", "message": "no",
        "place": [run.info["roots"][0] + "/train.py", 4, "train"],
    })  # fmt: skip
    shown = json.loads(call("show", run.id, "--json").out)
    (loop,) = shown["loops"]
    assert len(loop["rounds"]) == 30
    assert loop["rounds"][1] == {
        "number": 2, "elapsed": 1.0, "values": {"step": 1, "loss": 0.5, "phase": "warm"},
    }  # fmt: skip
    assert shown["failure"]["place"] == "train.py:4 in train"
    assert "raised at train.py:4 in train" in call("show", run.id).out


def test_show_of_a_run_has_the_last_lines_that_it_printed(call, make_run):
    run = make_run()
    place = [run.info["roots"][0] + "/train.py", 8]
    for number in range(7):
        run.log({
            "event": "printed", "elapsed": 1.0, "to": "stdout", "text": f"at {number}",
            "place": place if number else None,
        })  # fmt: skip
    lines = [line.strip() for line in call("show", run.id).out.splitlines()]
    at = lines.index("printed, the last 5 of 7 lines")
    assert lines[at + 1] == "1.0 s  train.py:8  at 2"
    assert lines[at + 5 :] == ["1.0 s  train.py:8  at 6"]
    assert len(json.loads(call("show", run.id, "--json").out)["printed"]) == 7


def test_a_torn_line_and_an_empty_log_disturb_nothing(call, make_run):
    run = make_run()
    assert "no loop has logged a value" in call("show", run.id).out
    log(run, rounds=2)
    with open(run.folder / "log.jsonl", "ab") as file:
        file.write(b'{"event": "values", "elap')
    assert ": 2 rounds" in call("show", run.id).out


def test_a_name_is_a_run_unless_a_savepoint_has_it(make_run, store):
    run = make_run(savepoints=2)
    assert isinstance(named(store, run.id), Run)
    assert isinstance(named(store, "last"), Run)
    for spec in ("warm", ":1", f"{run.id}:1", None):
        assert not isinstance(named(store, spec), Run)


@pytest.fixture
def continued(make_run, project):
    """A run, and one that continues it in an edited train.py."""
    first = make_run()
    text = (project / "train.py").read_text()
    (project / "train.py").write_text(text.replace("total += step", "total += 2 * step\n"))
    return first, make_run(parent=f"{first.id}:1", assignments=["lr=0.5"], device="cpu")


def test_ls_says_what_differs_from_the_run_before(call, continued):
    lines = [line.strip(" │") for line in call("ls").out.splitlines()]
    assert "--set lr=0.5 --device cpu" in lines
    assert "train.py +2 -1" in lines
    assert sum("train.py +" in line for line in lines) == 1  # not of the first run


def test_show_has_the_diff(call, continued):
    out = [line.strip() for line in call("show", continued[1].id).out.splitlines()]
    assert "-        total += step".strip() in out
    assert "+        total += 2 * step" in out
    (edit,) = json.loads(call("show", continued[1].id, "--json").out)["run"]["edits"]
    assert edit["diff"].startswith("--- a/train.py\n+++ b/train.py\n@@ -1,7 +1,8 @@")


def test_a_run_whose_parent_was_removed_tells_no_edits(call, continued, store):
    store.remove(continued[0].id)
    assert "train.py +" not in call("ls").out
