"""midrun goto: to any position of a run, with the debugger, or to print a value."""

from __future__ import annotations

import pytest

TRAIN = """
    import time
    from model import Model

    def train(model, epochs):
        log = open("log.txt", "a")
        for epoch in range(epochs):
            for i in range(20):
                y = model.forward(i)
                if i % 10 == 0:
                    print(epoch, i, y, file=log)
                    time.sleep(0.05)
        return y

    model = Model()
    print(train(model, 5))
    [][model.calls]
"""
MODEL = """
    class Model:
        calls = 0

        def forward(self, x):
            self.calls += abs(1)
            y = x * self.calls
            return y
"""


@pytest.fixture
def over(project):
    """A run with savepoints that has crashed."""
    project.write(TRAIN)
    project.write(MODEL, "model.py")
    code, _, _ = project.run("run", "--every", "0.1s", "a.py")
    assert code == 1
    assert project.savepoints()
    return project


def shown(project, *arguments):
    code, out, err = project.run("goto", *arguments)
    assert code == 0, err
    return out


def test_a_value_at_the_nth_time(over):
    assert shown(over, "a.py:9#47", "--print", "epoch, i, y") == "(2, 6, 282)\n"


def test_a_position_inside_a_function_that_is_called(over):
    line = over.line("return y", "model.py")
    assert shown(over, f"model.py:{line}#33", "--print", "x, y, self.calls") == "(12, 396, 33)\n"


def test_the_last_time(over):
    assert shown(over, "model.py:7#-1", "--print", "self.calls", "--print", "x") == "100\n19\n"


def test_a_round_of_the_loop_around_a_line(over):
    line = over.line("time.sleep")
    assert shown(over, f"a.py:{line}", "--step", "42", "--print", "epoch, i") == "(2, 10)\n"


def test_before_the_crash_and_a_round_before(over):
    assert shown(over, "crash", "--print", "model.calls") == "100\n"


def test_a_round_before_a_crash_in_a_loop(project):
    project.write("def f(x):\n    return 1 / (7 - x)\n\nfor i in range(9):\n    print(f(i))\n")
    project.run("run", "--budget", "0", "a.py")
    assert shown(project, "crash", "--print", "x") == "7\n"
    assert shown(project, "crash-2", "--print", "i") == "5\n"


def test_a_debugger_opens_before_the_line_runs(over):
    line = over.line("y = x", "model.py")
    code, out, err = over.run(
        "goto", f"model.py:{line}#47", typed="p self.calls\np 'y' in vars()\nup\np epoch\nq\n"
    )
    assert code == 0
    assert "-> y = x * self.calls" in out
    assert [answer.split("\n")[0] for answer in out.split("(Pdb) ")[1:3]] == ["47", "False"]
    assert "Traceback" not in err


def test_another_debugger_is_opened_as_breakpoint_does(over):
    over.write(
        "import sys\ndef stop():\n    frame = sys._getframe(1)\n"
        "    print(frame.f_code.co_name, frame.f_locals['x'])\n    raise SystemExit\n",
        "debugger.py",
    )
    over.environment |= {"PYTHONBREAKPOINT": "debugger.stop", "PYTHONPATH": str(over.folder)}
    _, out, _ = over.run("goto", "model.py:6#12")
    assert out == "forward 11\n"


def test_a_shell_has_the_names_of_the_frame(over):
    _, out, _ = over.run("goto", "a.py:9#47", "--shell", typed="print(epoch, model.calls)\n")
    assert "2 47" in out


def test_the_files_of_the_user_stay_as_they_are(over):
    before = (over.folder / "log.txt").read_text()
    shown(over, "a.py:9#90", "--print", "i")
    assert (over.folder / "log.txt").read_text() == before
    assert len(list((over.folder / ".midrun" / "runs").iterdir())) == 1


def test_after_an_edit_the_position_is_that_of_the_edited_file(over):
    text = (over.folder / "a.py").read_text()
    (over.folder / "a.py").write_text("# one more line\n" + text)
    assert shown(over, "a.py:10#47", "--print", "epoch, i, y") == "(2, 6, 282)\n"


@pytest.mark.parametrize(
    ("position", "said"),
    [
        ("a.py:9#1000", "a.py:9 was reached 100 times in run"),
        ("a.py:99", "no statement begins at or after line 99 of a.py, which has 17 lines"),
        ("b.py:9", "ran no file b.py; did you mean a.py?"),
        ("9", "this is no position; write FILE:LINE, FILE:LINE#N for the Nth time, or crash"),
    ],
)
def test_a_position_that_is_none(over, position, said):
    code, _, err = over.run("goto", position)
    assert code == 2
    assert said in err


def test_a_run_that_did_not_crash(project):
    project.write("print(1)\n")
    project.run("run", "a.py")
    _, _, err = project.run("goto", "crash")
    assert "has no crash to go to: it is finished" in err


def test_a_line_that_is_passed_too_often_is_counted_again(project):
    project.write(
        "import time\n"
        "def f(x):\n    y = abs(x)\n    return y\n"
        "for i in range(300000):\n    f(i)\n"
        "time.sleep(0.3)\nprint('over')\n"
    )
    project.run("run", "--every", "0.1s", "a.py")
    code, out, err = project.run("goto", "a.py:4#299000", "--print", "x")
    assert (code, out) == (0, "298999\n")
    assert "line 4 is passed too often to be counted" in err
