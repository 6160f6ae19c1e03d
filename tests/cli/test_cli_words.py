"""What is typed: options, wrong options, where the store is, completion, the documentation."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import click
import pytest

import midrun
from midrun.cli.main import cli
from midrun.cli.options import duration, share
from midrun.errors import MidrunError
from midrun.report.finding import existing_store, folder_for

PACKAGE = Path(midrun.__file__).parent
DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("30s", 30), ("10m", 600), ("1h", 3600), ("1h30m", 5400), ("1.5h", 5400)],
)
def test_durations(text, seconds):
    assert duration(text) == seconds


@pytest.mark.parametrize("text", ["", "m", "10x", "-3", "1h,30m", "0", "0s", "ten", "1e3", "nan"])
def test_no_durations(text):
    with pytest.raises(click.BadParameter):
        duration(text)


@pytest.mark.parametrize(
    ("text", "expected"), [("2%", 0.02), ("0.02", 0.02), ("0", 0.0), ("100%", 1), (" 1 % ", 0.01)]
)
def test_shares(text, expected):
    assert share(text) == expected


@pytest.mark.parametrize("text", ["", "%", "2", "-1%", "101%", "nan", "inf", "much"])
def test_no_shares(text):
    with pytest.raises(click.BadParameter):
        share(text)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["run"], "missing: SCRIPT; midrun run --help shows the usage"),
        (["run", "--every", "10x", "train.py"], "--every: 10x is no duration; write 90, 30s, 10m"),
        (["run", "--budget", "3", "train.py"], "--budget: 3 is no share of the time; write 2%"),
        (["run", "--colour", "train.py"], "no such option"),
        (["verify", "--points", "0", "train.py"], "--points: 0 is not in the range x>=1"),
        (["verify", "nothing.py"], "there is no script nothing.py in "),
        (["ls", "a", "b"], "got unexpected extra argument"),
        (["ls"], "no folder .midrun with runs is in "),
        (["ls", "--store", "nowhere"], "--store nowhere: there is no such folder"),
        (["shwo"], "there is no command shwo; did you mean show?"),
        (["train.py"], "there is no command train.py; to run a script, type midrun run train.py"),
        (["completion", "tcsh"], "there is no completion for the shell 'tcsh'"),
    ],
)
def test_bad_input_is_told_in_one_sentence(call, arguments, sentence):
    result = call(*arguments)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"midrun: {sentence}")
    assert result.err.count("\n") == 1


def test_every_command_has_help_with_its_options(call):
    listed = call("--help").out
    for name in cli.list_commands(click.Context(cli)):
        assert f"  {name} " in listed
        result = call(name, "--help")
        assert (result.code, result.err) == (0, "")
        assert result.out.startswith(f"Usage: midrun {name}")


def test_the_version(call):
    assert call("--version").out == f"midrun {midrun.__version__}\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(call, shell, monkeypatch):
    out = call("completion", shell).out
    assert "_MIDRUN_COMPLETE" in out
    assert f"midrun completion {shell} > " in out.splitlines()[-1]
    monkeypatch.setenv("SHELL", f"/bin/{shell}")
    assert call("completion").out == out


def test_the_shell_completes_commands_and_savepoints(call, make_run, monkeypatch):
    run = make_run(savepoints=2)
    monkeypatch.setenv("_MIDRUN_COMPLETE", "bash_complete")

    def complete(words: str) -> list[str]:
        monkeypatch.setenv("COMP_WORDS", words)
        monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
        return [line.partition(",")[2] for line in call().out.splitlines()]

    assert complete("midrun re") == ["resume", "rehearse"]
    assert complete(f"midrun show {run.id[:3]}") == [run.id, f"{run.id}:2", f"{run.id}:1"]
    assert complete("midrun resume --s") == ["--set", "--strict", "--store"]


def test_the_store_of_a_script_is_in_the_root_of_its_project(project):
    (project / "deep").mkdir()
    expected = project / ".midrun"
    assert folder_for("deep/train.py", is_module=False) == expected
    assert folder_for("package.train", is_module=True) == expected
    assert folder_for("train.py", is_module=False, named="else") == project / "else"


def test_the_store_is_found_from_above_and_from_below(project, make_run, monkeypatch, tmp_path):
    make_run()
    (project / "deep" / "er").mkdir(parents=True)
    for folder in (project / "deep" / "er", project, tmp_path):
        monkeypatch.chdir(folder)
        assert existing_store().folder == project / ".midrun"
    (tmp_path / "other" / ".midrun" / "runs").mkdir(parents=True)
    with pytest.raises(MidrunError, match="several stores below") as error:
        existing_store()
    assert error.value.slug == "no-runs"
    assert existing_store("other/.midrun").folder == tmp_path / "other" / ".midrun"


def test_the_store_named_by_the_environment(call, make_run, monkeypatch, project, tmp_path):
    run = make_run()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other" / ".midrun" / "runs").mkdir(parents=True)
    assert call("ls").code == 2
    monkeypatch.setenv("MIDRUN_STORE", str(project / ".midrun"))
    assert run.id in call("ls").out


def slugs() -> set[str]:
    """Every slug that an error is raised with."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                values = [keyword.value for keyword in node.keywords if keyword.arg == "slug"]
                found |= {value.value for value in values if isinstance(value, ast.Constant)}
    return found


def test_every_error_is_documented_and_nothing_else():
    documented = re.findall(r"^### (\S+)$", (DOCS / "errors.md").read_text(), re.MULTILINE)
    assert sorted(documented) == sorted(slugs())


def test_every_command_and_option_is_documented():
    text = (DOCS / "commands.md").read_text()
    sections = dict(zip(*[iter(re.split(r"^## (\S+)$", text, flags=re.MULTILINE)[1:])] * 2,
                        strict=True))  # fmt: skip
    context = click.Context(cli)
    assert sorted(sections) == sorted(cli.list_commands(context))
    for name, section in sections.items():
        assert f"    midrun {name}" in section
        for param in cli.get_command(context, name).params:
            if param.param_type_name != "option" or param.hidden:  # for midrun itself
                continue
            if "--store" not in param.opts:
                assert param.opts[0] in section
