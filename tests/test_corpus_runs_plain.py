"""The corpus itself: scripts and random programs that run plainly, and twice the same.

What a resumed run is compared with has to be worth comparing with. So each script of
`tests/scripts` runs twice here, each time in an empty folder and with another hash seed, and
random programs run twice in this process.
"""

from __future__ import annotations

import ast
import contextlib
import importlib.util
import io
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import programs

SCRIPTS = Path(__file__).parent / "scripts"
EXIT_CODES = {"exit_code": 4, "exit_by_exception": 1}  # where the exit code is the trick
CONSTRUCTS = [
    "AugAssign", "BoolOp", "Break", "Call", "ClassDef", "Compare", "Continue", "Delete",
    "ExceptHandler", "For", "FunctionDef", "Global", "If", "IfExp", "JoinedStr", "Lambda",
    "ListComp", "Match", "NamedExpr", "Nonlocal", "Raise", "Return", "Starred", "Try", "While",
    "With", "Yield", "YieldFrom",
]  # fmt: skip
NEEDS = {"core": None, "numpy": "numpy", "torch": "torch"}


def all_scripts() -> list[Path]:
    """Each `*.py` directly in a group's folder, and `main.py` of each folder there."""
    return sorted(
        path
        for group in NEEDS
        for path in [*(SCRIPTS / group).glob("*.py"), *(SCRIPTS / group).glob("*/main.py")]
    )


def run_twice(script: Path, folder: Path) -> list[tuple[int, bytes, bytes]]:
    """Exit code, stdout and stderr of two runs of `script`, at the same time in two folders."""

    def start(hash_seed: str) -> subprocess.Popen[bytes]:
        here = folder / hash_seed
        here.mkdir()
        return subprocess.Popen(
            [sys.executable, str(script)],
            cwd=here,
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    results = []
    with start("1") as first, start("2") as second:
        for process in (first, second):
            out, err = process.communicate(timeout=60)
            results.append((process.returncode, out, err))
    return results


def name_of(script: Path) -> str:
    parts = script.relative_to(SCRIPTS).with_suffix("").parts
    return "/".join(part for part in parts if part != "main")


@pytest.mark.parametrize("script", all_scripts(), ids=name_of)
def test_script_runs_the_same_twice(script: Path, tmp_path: Path) -> None:
    group, name = name_of(script).split("/")
    needed = NEEDS[group]
    if needed and importlib.util.find_spec(needed) is None:
        pytest.skip(f"{needed} is not installed")
    if group == "torch" and not os.environ.get("MIDRUN_SLOW_TESTS"):
        pytest.skip("slow: importing torch takes seconds; set MIDRUN_SLOW_TESTS=1")
    (code, out, err), again = run_twice(script, tmp_path)
    assert code == EXIT_CODES.get(name, 0), err.decode()
    assert out.count(b"\n") >= 6, "a script has to show its state often"
    assert again == (code, out, err)


def test_corpus_is_large_and_each_script_says_what_it_is_about() -> None:
    scripts = all_scripts()
    count = {group: sum(name_of(s).startswith(group) for s in scripts) for group in NEEDS}
    assert count["core"] >= 60
    assert count["torch"] >= 22
    assert count["numpy"] >= 8
    for script in scripts:
        assert ast.get_docstring(ast.parse(script.read_bytes())), script


def output_of(source: str, filename: str = "<program>") -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(source, filename, "exec"), {"__name__": "__main__"})
    return out.getvalue()


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs.programs())
def test_random_programs_run_the_same_twice(source: str) -> None:
    first = output_of(source)
    assert first.endswith("\n")
    assert output_of(source) == first


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs.programs(), st.integers(0, 2**32 - 1), st.data())
def test_an_edit_changes_nothing_before_its_line(
    source: str, seed: int, data: st.DataObject
) -> None:
    tree = ast.parse(source)
    at = data.draw(st.integers(0, len(tree.body) - 1))
    text = programs.edited(source, tree.body[at].lineno, seed)
    assert text is not None
    assert text != source
    assert output_of(text).endswith("\n")
    already_run = "".join(source.splitlines(keepends=True)[: tree.body[at].end_lineno])
    # Generators that are suspended when the truncated program ends print as they are closed.
    shown = output_of(already_run + "\nprint('CUT')\n").split("CUT")[0]
    assert output_of(text).startswith(shown)


def test_random_programs_contain_every_construct() -> None:
    seen: set[str] = set()
    for seed in range(60):
        tree = ast.parse(programs.build(random.Random(seed)))
        seen |= {type(node).__name__ for node in ast.walk(tree)}
    assert seen.issuperset(CONSTRUCTS)


def test_edit_of_a_text_that_is_no_python() -> None:
    assert programs.edited("for for", 1, 0) is None
