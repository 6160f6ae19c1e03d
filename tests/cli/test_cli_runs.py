"""ls, show, rm and gc over a store that was made here."""

from __future__ import annotations

import json
import time

import pytest

from midrun.report import words
from midrun.store import StoreError


def test_ls_shows_runs_and_what_continues_them(call, make_run):
    first = make_run(savepoints=2)
    second = make_run(parent=f"{first.id}:1", status="crashed", error="ValueError: no")
    result = call("ls")
    assert (result.code, result.err) == (0, "")
    lines = [line.rstrip() for line in result.out.splitlines()]
    assert lines[0].startswith(f"{first.id}  finished  today ")
    assert lines[1] == "train.py --lr 0.1"
    assert lines[2].split("  ")[1:] == [
        "1", "train.py:4 in train", "after 1 min 23 s", "6.8 KiB (all new)",
        "now and then (1 not saved)",
    ]  # fmt: skip
    assert lines[3].endswith("6.8 KiB (8 B new)  warm (1 not saved)")
    assert lines[4].startswith(f"└── {second.id}  crashed")
    assert lines[4].endswith(f"continues {first.id}:1")
    assert "ValueError: no" in result.out


def test_ls_of_one_run(call, make_run):
    first, other = make_run(), make_run()
    out = call("ls", first.id).out
    assert first.id in out
    assert other.id not in out


def test_ls_as_json(call, make_run):
    first = make_run()
    second = make_run(parent=f"{first.id}:1", assignments=["lr=0.5"])
    [root] = json.loads(call("ls", "--json").out)
    assert (root["id"], root["status"], root["command"]) == (
        first.id, "finished", "train.py --lr 0.1",
    )  # fmt: skip
    [savepoint] = root["savepoints"]
    assert (savepoint["spec"], savepoint["line"], savepoint["elapsed"]) == (f"{first.id}:1", 4, 83)
    [continuation] = root["continuations"]
    assert (continuation["parent"], continuation["command"]) == (f"{first.id}:1", "--set lr=0.5")
    assert second.id == continuation["id"]


def test_a_run_is_running_while_its_process_lives_and_killed_if_it_said_nothing(call, store):
    run = store.new_run({"target": "train.py", "is_module": False, "argv": []})
    assert json.loads(call("ls", "--json").out)[0]["status"] == "running"
    run.close()
    assert json.loads(call("ls", "--json").out)[0]["status"] == "killed"


def test_the_continuation_of_a_removed_run_is_still_listed(call, make_run, store):
    first = make_run()
    second = make_run(parent=f"{first.id}:1")
    store.remove(first.id)
    assert f"continues {first.id}:1" in call("ls").out
    assert [root["id"] for root in json.loads(call("ls", "--json").out)] == [second.id]


def test_a_damaged_manifest_is_shown_as_such(call, make_run):
    run = make_run(savepoints=2)
    (run.folder / "savepoints" / "1" / "manifest.json").write_text("{")
    assert "1  damaged: its manifest can't be read" in call("ls").out
    assert [s["damaged"] for s in json.loads(call("ls", "--json").out)[0]["savepoints"]] == [
        True, False,
    ]  # fmt: skip


def test_a_run_whose_info_is_lost(call, make_run):
    run = make_run()
    (run.folder / "run.json").write_text("not json")
    assert call("ls").code == 0
    assert call("show", f"{run.id}:1").code == 0


@pytest.mark.parametrize("columns", ["12", "40", "80", "200"])
def test_any_width_will_do(call, make_run, monkeypatch, columns):
    first = make_run(savepoints=2)
    make_run(parent=f"{first.id}:2", error="RuntimeError: " + "long " * 50, status="crashed")
    monkeypatch.setenv("COLUMNS", columns)
    for command in ("ls", "show"):
        result = call(command)
        assert result.code == 0
        assert max(map(len, result.out.splitlines())) <= int(columns)


def test_no_colour_where_the_output_is_no_terminal(call, make_run):
    make_run(status="crashed", error="ValueError")
    assert "\x1b" not in call("ls").out + call("show").out


def test_show(call, make_run):
    run = make_run(savepoints=2)
    lines = [line.rstrip() for line in call("show").out.splitlines()]
    assert lines[0] == f"savepoint {run.id}:2 warm"
    assert lines[2:4] == [
        "  run: train.py --lr 0.1 (finished)",
        "  6.8 KiB (8 B new) in 1 block of tensors and arrays, and 8 B of all else; "
        "the program stood still for 12 ms",
    ]
    assert "  > 4         total += step" in lines
    assert "    3     for step in range(steps):" in lines
    assert "  train.py:8           print(train(3))" in lines
    assert "  sock (socket.socket)  it is a connection" in lines
    assert "saved with midrun 0.1.0, python 3.11.7" in lines
    assert lines[-1] == "no source has been edited since"


def test_show_names_what_has_been_edited_since(call, make_run, project):
    make_run()
    (project / "train.py").write_text("print('new')\n")
    shown = json.loads(call("show", "--json").out)
    assert {e["file"] for e in shown["edits"]} == {str(project / "train.py")}
    assert any(e["stale"] for e in shown["edits"])
    assert shown["source"][3] == {"number": 4, "text": "        total += step", "marked": True}
    (project / "train.py").unlink()
    assert "train.py" in call("show").out.partition("edited since")[2]


def test_show_says_why_a_savepoint_would_not_be_loaded(call, make_run, monkeypatch, project):
    run = make_run()
    assert json.loads(call("show", "--json").out)["problem"] is None
    monkeypatch.setenv("MIDRUN_KEY_FILE", str(project / "another key"))
    assert "--trust" in call("show").out
    (run.folder / "savepoints" / "1" / "state.pickle").write_bytes(b"another pickle")
    monkeypatch.undo()
    monkeypatch.chdir(project)
    assert json.loads(call("show", "--json").out)["problem"] is not None


def test_rm_and_gc(call, make_run, store):
    first, second = make_run(savepoints=2), make_run()
    result = call("rm", f"{first.id}:1", second.id)
    assert result.out.splitlines() == [
        f"removed savepoint {first.id}:1", f"removed run {second.id} with 1 savepoint",
    ]  # fmt: skip
    assert json.loads(call("rm", "--json", first.id).out) == {
        "removed": [f"run {first.id} with 1 savepoint"]
    }
    assert store.runs() == []
    assert json.loads(call("gc", "--json").out) == {"files": 1, "bytes": 7000}
    assert call("gc").out == "deleted 0 files, 0 B\n"


def test_rm_refuses_a_run_that_goes_on_and_tells_what_it_removed_before(call, make_run, store):
    first = make_run()
    alive = store.new_run({})
    result = call("rm", first.id, alive.id)
    assert result.code == 2
    assert result.out == f"removed run {first.id} with 1 savepoint\n"
    assert result.err.startswith(f"midrun: run {alive.id} is still going")
    alive.close()


@pytest.mark.parametrize("command", ["ls", "show", "rm", "resume"])
def test_an_unknown_name(call, make_run, command):
    run = make_run()
    wrong = run.id[:-1] + "x"
    result = call(command, wrong)
    assert (result.code, result.out) == (2, "")
    assert result.err.count("\n") == 1
    assert result.err.startswith("midrun: ")
    assert wrong in result.err
    assert f"the nearest is {run.id}" in result.err


def test_a_strict_resume_without_a_fresh_savepoint(call, make_run, project):
    run = make_run()
    (project / "train.py").write_text("print('new')\n")
    result = call("resume", "--strict")
    assert result.code == 2
    assert result.err.startswith(f"midrun: every savepoint up to {run.id}:1 is stale")


def test_words_for_numbers():
    assert [words.size(n) for n in (0, 999, 1000, 1023, 1024, 10**6, 5 << 30, 3 << 50)] == [
        "0 B", "999 B", "1.0 KiB", "1.0 KiB", "1.0 KiB", "976.6 KiB", "5.0 GiB", "3072.0 TiB",
    ]  # fmt: skip
    now = time.mktime((2026, 11, 23, 9, 30, 0, 0, 0, -1))
    assert words.when(now - 60, now) == "today 09:29:00"
    assert words.when(now - 86400, now) == "2026-11-22 09:30"
    assert words.place("/p/a/b.py", 3, "f", "/p") == "a/b.py:3 in f"
    assert words.place("/q/b.py", 3, "<module>", "/p") == "/q/b.py:3"


def test_a_store_error_is_one_sentence(call, make_run, monkeypatch, store):
    make_run()

    def fail(self: object) -> None:
        raise StoreError("runs are saving without a pause; try gc again later", slug="store-busy")

    monkeypatch.setattr(type(store), "gc", fail)
    result = call("gc")
    assert (result.code, result.err) == (
        2, "midrun: runs are saving without a pause; try gc again later\n",
    )  # fmt: skip


def test_a_fault_of_our_own_is_one_line_and_a_traceback_on_request(call, make_run, monkeypatch):
    make_run()
    monkeypatch.setattr("midrun.report.listing.list_runs", lambda *_: 1 / 0)
    result = call("ls")
    assert result.code == 70
    assert result.err.startswith("midrun: a fault of midrun's own: ZeroDivisionError: division")
    assert result.err.count("\n") == 1
    monkeypatch.setenv("MIDRUN_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        call("ls")
