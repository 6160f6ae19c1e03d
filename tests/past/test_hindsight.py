"""midrun log: values that a run never logged are those that it would have logged itself."""

from __future__ import annotations

import json
from itertools import pairwise

from midrun.past.hindsight import plan
from midrun.past.position import Past
from midrun.store import Store

STEPS = """
    import random, time
    random.seed(3)

    def step(w, x):
        grad = 2 * (w - x)
        return w - 0.1 * grad

    w = 0.0
    for i in range(500):
        w = step(w, random.random())
        LOGGED
        if i % 50 == 0:
            time.sleep(0.03)
            print(i)
"""


def run(project, logged):
    project.write(STEPS.replace("LOGGED", logged))
    return project.run("run", "--every", "0.05s", "a.py")


def test_500_steps_as_the_script_would_have_logged_them(project):
    _, out, _ = run(project, "print('own', i, repr(w))")
    own = [line.split()[1:] for line in out.splitlines() if line.startswith("own")]
    run(project, "pass")
    code, out, err = project.run("log", "--at", "a.py:12", "--print", "i, w", "--json")
    assert code == 0, err
    rows = json.loads(out)["rows"]
    assert [[str(i), repr(w)] for _, (i, w) in rows] == own


def test_every_nth_pass_from_some_pass_on_in_columns(project):
    run(project, "pass")
    _, out, err = project.run("log", "--at", "a.py:6#490", "--print", "round(x, 3)", "--every", "5")
    lines = [line.split() for line in out.splitlines()]
    assert lines[0] == ["pass", "round(x,", "3)"]
    assert [line[0] for line in lines[1:]] == ["490", "495", "500"]
    assert "repeating the run in one process" in err


def test_the_pieces_meet_at_savepoints(project):
    run(project, "pass")
    past = Past(Store(project.folder / ".midrun").run("newest"))
    position = past.find(str(project.folder / "a.py") + ":12")
    pieces = plan(past, position, every=1, workers=400).pieces
    assert (pieces[0].first, pieces[-1].last) == (0, 500)
    assert all(one.last == other.first for one, other in pairwise(pieces))


def test_a_value_that_cannot_be_had_is_told_and_the_others_are_there(project):
    run(project, "pass")
    _, out, _ = project.run("log", "--at", "a.py:12#499", "--print", "nope, i")
    assert out.splitlines()[-1].split() == ["500", "NameError:", "name", "'nope'", "is", "not",
                                            "defined", "499"]  # fmt: skip


def test_what_is_no_expression(project):
    run(project, "pass")
    code, _, err = project.run("log", "--at", "a.py:12", "--print", "w +")
    assert code == 2
    assert "--print w +: this is no Python expression" in err
