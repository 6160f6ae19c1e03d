"""What a process that goes back writes, and where it ends up."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest


@pytest.fixture
def enter(tmp_path):
    """Runs code in a sandbox whose branch has the folder `branch`, and returns what it prints."""
    (tmp_path / "branch" / "files").mkdir(parents=True)

    def run(code, earlier=None):
        text = f"""
            from pathlib import Path
            from midrun.branch.sandbox import Sandbox
            sandbox = Sandbox(Path("branch/files"), {earlier or {}!r})
            sandbox.enter()
        """
        done = subprocess.run(
            [sys.executable, "-c", dedent(text) + dedent(code)],
            cwd=tmp_path, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout

    return run


def test_what_is_written_goes_elsewhere_and_is_read_there(enter, tmp_path):
    Path(tmp_path / "log").write_text("old\n")
    said = enter("open('log', 'a').write('new\\n'); print(open('log').read(), end='')")
    assert said == "old\nnew\n"
    assert Path(tmp_path / "log").read_text() == "old\n"


def test_what_another_sandbox_has_written_is_read_and_left_alone(enter, tmp_path):
    Path(tmp_path / "log").write_text("of the run\n")
    Path(tmp_path / "copy").write_text("of the replay\n")
    earlier = {str(tmp_path / "log"): str(tmp_path / "copy")}
    code = "open('log', 'a').write('more\\n'); print(open('log').read(), end='')"
    assert enter("print(open('log').read(), end='')", earlier) == "of the replay\n"
    assert enter(code, earlier) == "of the replay\nmore\n"
    assert Path(tmp_path / "copy").read_text() == "of the replay\n"


def test_the_branch_s_own_files_are_written_and_renamed(enter, tmp_path):
    enter("import os; open('branch/a', 'w').write('1'); os.rename('branch/a', 'branch/b')")
    assert [path.name for path in (tmp_path / "branch").glob("?")] == ["b"]


def test_a_file_that_is_removed_stays(enter, tmp_path):
    Path(tmp_path / "log").write_text("old\n")
    enter("import os; os.remove('log')")
    assert Path(tmp_path / "log").exists()
