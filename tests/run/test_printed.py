"""What a program prints is logged, and it does not see that."""

from __future__ import annotations

import copy
import io
import json

import pytest

from midrun.run import printed
from midrun.run.printed import Printed


def lines(project) -> list[tuple[str, str, int]]:
    """Stream, text and line of what was printed."""
    found = []
    for path in sorted(project.folder.glob(".midrun/runs/*/log.jsonl")):
        for line in path.read_text().splitlines():
            event = json.loads(line)
            if event["event"] == "printed":
                found.append((event["to"], event["text"], event["place"][1]))
    return found


def test_lines_are_logged_with_their_place(project):
    project.write(
        """
        import sys
        def say(text):
            print(text, "!", sep="")
        say("one")
        print("a", end="")
        print("b\\nc", file=sys.stderr)
        for share in (10, 50, 100):
            print(f"\\r{share}%", end="")
        print()
        """
    )
    code, out, err = project.run("run", "--budget", "0", "a.py")
    assert (code, out, err) == (0, "one!\na\n10%\n50%\n100%\n", "b\nc\n")
    assert lines(project) == [
        ("stdout", "one!", 3),
        ("stderr", "b", 6),
        ("stderr", "c", 6),
        ("stdout", "100%", 9),
    ]


def test_the_streams_are_what_they_were(project):
    project.write(
        """
        import io, sys
        for stream in (sys.stdout, sys.__stderr__):
            assert type(stream) is io.TextIOWrapper and stream.fileno() in (1, 2)
            assert not stream.isatty() and stream.encoding and not stream.closed
            assert stream.write("") == 0 and stream.write.__self__ is stream
        assert sys.stdout is sys.__stdout__
        try:
            sys.stdout.write(1)
        except TypeError as error:
            print(error)
        """
    )
    plain = "write() argument must be str, not int\n"
    assert project.run("run", "a.py")[:2] == (0, plain)


def test_who_holds_the_method_holds_that_of_the_new_process_after_a_resume(project):
    project.write(
        """
        import sys
        write = sys.stdout.write
        for i in range(4):
            write(f"{i}\\n")
            sys.stdout.flush()
        """
    )
    assert project.run("run", "--budget", "0", "--at", "a.py:4#3", "a.py")[1] == "0\n1\n2\n3\n"
    (manifest,) = project.savepoints()
    assert not [note for note in manifest["notes"] if "write" in note["what"]]
    for path in project.folder.glob(".midrun/runs/*/log.jsonl"):
        path.unlink()
    code, out, err = project.run("resume")
    assert (code, out, err) == (0, "2\n3\n", "")
    assert [text for _, text, _ in lines(project)] == ["2", "3"]
    assert project.run("resume", "--no-log")[1] == "2\n3\n"


def test_a_progress_bar_goes_on_after_a_resume(project):
    pytest.importorskip("tqdm")
    project.write(
        """
        from tqdm import tqdm
        for i in tqdm(range(4)):
            float(i) + float(i)
        print("end")
        """
    )
    project.run("run", "--budget", "0", "--at", "a.py:3#3", "a.py")
    code, out, err = project.run("resume")
    assert (code, out) == (0, "end\n")
    assert "100%" in err
    assert "Traceback" not in err


def hear(stream: io.TextIOWrapper, monkeypatch: pytest.MonkeyPatch) -> tuple[Printed, list[str]]:
    monkeypatch.setattr("sys.__stdout__", stream)
    monkeypatch.setattr("sys.__stderr__", None)
    heard: list[str] = []
    tap = Printed(lambda events: heard.extend(e["text"] for e in events), {__file__}, lambda: 0.0)
    tap.begin()
    return tap, heard


def test_after_so_many_lines_the_stream_has_its_own_method_back(monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(printed, "_MOST", 3)
    _, heard = hear(stream, monkeypatch)
    held = stream.write
    for number in range(5):
        held(f"{number}\n")
    assert heard == ["0", "1", "2"]
    assert vars(stream) == {}
    stream.seek(0)
    assert stream.read() == "0\n1\n2\n3\n4\n"


def test_what_the_program_has_put_there_stays(monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO())
    tap, heard = hear(stream, monkeypatch)
    before = stream.write
    stream.write = mine = lambda text: before(text.upper())
    stream.write("a\n")
    tap.end()
    stream.write("b\n")
    assert stream.write is mine
    assert heard == ["A"]


def test_a_copy_of_the_method_is_the_method(monkeypatch):
    hear(stream := io.TextIOWrapper(io.BytesIO()), monkeypatch)
    assert copy.deepcopy([stream.write])[0] is stream.write
