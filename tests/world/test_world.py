"""Nothing is changed in truth, and the script sees what it has changed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from ways import WAYS
from worlds import run_in, tree

from midrun.errors import MidrunError
from midrun.world.world import World

WAYS_FILE = str(Path(__file__).with_name("ways.py"))
_PAST_PYTHON = {"program", "from_c"}


def say(world: World, project: Path, code: str) -> str:
    """What code prints in a world."""
    done = run_in(world, project, f"exec({code!r})")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_way_to_change_files_changes_none(kind, project, tmp_path):
    before = tree(project)
    world = World(tmp_path / "scratch", kind=kind)
    ways = [name for name in WAYS if kind != "sandbox" or name not in _PAST_PYTHON]
    done = run_in(world, project, f"runpy.run_path({WAYS_FILE!r})['main']({ways})")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout).keys() == (_PAST_PYTHON if kind == "guarded" else set())
    assert tree(project) == before


def test_what_is_not_held_is_said_beforehand(kind, tmp_path):
    said = World(tmp_path / "scratch", kind=kind).promise
    assert ("programs that the script starts" in said) == (kind != "overlay")
    assert ("change the real files" in said) == (kind == "sandbox")


def test_what_was_written_and_removed_is_known(kind, project, tmp_path):
    world = World(tmp_path / "scratch", kind=kind)
    say(world, project, """if True:
        import os, shutil
        shutil.rmtree("out"); os.mkdir("out"); open("out/model", "w").write("12345")
        shutil.rmtree("data"); os.remove("file1"); open("log.txt", "a").write("!")
        open("unknown", "w").close(); os.remove("unknown"); open("kept.txt", "r+").close()
    """)  # fmt: skip
    written = {str(file.path.relative_to(project)): file.bytes for file in world.written()}
    assert written == {"out/model": 5, "log.txt": 5}
    removed = {str(path.relative_to(project)) for path in world.removed()}
    assert removed == {"out/old", "data", "file1"}


def test_what_was_written_can_be_kept(kind, project, tmp_path):
    world = World(tmp_path / "scratch", kind=kind)
    say(world, project, "import os; open('log.txt', 'a').write('!'); os.symlink('a', 'new')")
    for _ in range(2):  # the second time over the first
        world.copy_to(tmp_path / "kept")
    kept = tmp_path / "kept" / project.relative_to("/")
    assert (kept / "log.txt").read_text() == "old\n!"
    assert os.readlink(kept / "new") == "a"
    assert not (kept / "kept.txt").exists()


def test_a_discarded_world_leaves_nothing(kind, project, tmp_path):
    world = World(tmp_path / "scratch", kind=kind)
    say(
        world,
        project,
        "import os; os.mkdir('closed'); open('closed/x', 'w'); os.chmod('closed', 0)",
    )
    world.discard()
    assert not (tmp_path / "scratch").exists()


def test_a_world_on_others_sees_their_changes_and_leaves_them_alone(kind, project, tmp_path):
    first = World(tmp_path / "1", kind=kind)
    say(first, project, "import os; open('model', 'w').write('1'); os.remove('log.txt')")
    second = World(tmp_path / "2", below=[first])
    say(second, project, "import shutil; shutil.rmtree('data'); open('model', 'a').write('2')")
    third = World(tmp_path / "3", below=[second, first])
    code = "import os; print(open('model').read(), *sorted(os.listdir())); os.remove('model')"
    left = os.listdir(project)
    said = say(third, project, code)
    assert said.split() == ["12", *sorted({*left, "model"} - {"data", "log.txt"})]
    assert [file.bytes for file in first.written()] == [1]
    assert [file.bytes for file in second.written()] == [2]
    assert third.written() == []


def test_a_world_is_gone_on_with(kind, project, tmp_path):
    world = World(tmp_path / "scratch", kind=kind)
    say(world, project, "open('model', 'w').write('1')")
    assert say(world, project, "print(open('model').read())") == "1\n"


def test_some_folders_are_the_real_ones(kind, project, tmp_path):
    results = project / "results"
    world = World(tmp_path / "scratch", open_to=[results], kind=kind)
    say(world, project, "open('results/a', 'w').write('1'); open('log.txt', 'w').close()")
    assert (results / "a").read_text() == "1"
    assert (project / "log.txt").read_text() == "old\n"


def test_a_real_folder_may_be_in_the_scratch_folder(kind, project, tmp_path):
    results = tmp_path / "scratch" / "results"
    world = World(tmp_path / "scratch", open_to=[results], kind=kind)
    say(world, project, f"open({str(results / 'a')!r}, 'w').write('1')")
    assert (results / "a").read_text() == "1"


def test_names_may_have_any_characters(kind, tmp_path):
    project = tmp_path / "a b,c:d=é\\\n"
    project.mkdir()
    world = World(tmp_path / "s c,r:a\\t", open_to=[tmp_path / "o, p"], kind=kind)
    say(world, project, "open('é\\n', 'w').close(); open('../o, p/x', 'w').close()")
    assert list(project.iterdir()) == []
    assert [file.path.name for file in world.written()] == ["é\n"]
    assert (tmp_path / "o, p" / "x").exists()


def test_a_killed_script_leaves_nothing(kind, project, tmp_path):
    before, mounts = tree(project), Path("/proc/self/mountinfo").read_text()
    world = World(tmp_path / "scratch", kind=kind)
    code = (
        "import sys; from midrun.world.inside import enter; enter(sys.argv[1])\n"
        "import shutil; shutil.rmtree('out'); file = open('log.txt', 'a')\n"
        "print('under way', flush=True)\nwhile True: file.write('x' * 9999)"
    )
    argv = world.command([sys.executable, "-c", code, world.inside])
    with subprocess.Popen(argv, cwd=project, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
    assert tree(project) == before
    assert Path("/proc/self/mountinfo").read_text() == mounts
    world.discard()
    assert not (tmp_path / "scratch").exists()


def test_the_process_is_as_it_would_be_outside(kind, project, tmp_path):
    code = (
        "import os, signal, sys; print(os.getuid(), os.getgid(), sorted(os.environ.items()), "
        "os.getcwd(), os.umask(0), sys.argv, sys.stdin.read(), signal.getsignal(signal.SIGPIPE), "
        "sorted(os.listdir('/proc/self/fd'))); sys.exit(7)"
    )
    argv = [sys.executable, "-c", code, "an argument", ""]
    world = World(tmp_path / "scratch", kind=kind)
    plain, inside = (
        subprocess.run(
            command, cwd=project, input="in", capture_output=True, text=True, check=False
        )
        for command in (argv, world.command(argv))
    )
    assert inside.stdout == plain.stdout
    assert inside.returncode == plain.returncode == 7


def test_a_command_that_is_not_there_is_named(project, tmp_path):
    world = World(tmp_path / "scratch")
    if world.kind == "sandbox":
        pytest.skip("a command is not changed in this kind")
    done = subprocess.run(world.command(["no-such"]), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        125,
        "midrun: no-such: No such file or directory\n",
    )


def test_the_scratch_folder_is_empty_from_inside(kind, project, tmp_path):
    if kind != "overlay":
        pytest.skip("it is the same folder in this kind")
    world = World(tmp_path / "scratch", kind=kind)
    code = f"import os; print(os.listdir({str(tmp_path / 'scratch')!r}))"
    assert say(world, project, code) == "[]\n"


def test_where_the_kernel_refuses_the_next_kind_is_taken_and_the_reason_told(project, tmp_path):
    """Landlock lets nobody mount anything, so a guarded world is a machine without overlays."""
    try:
        world = World(tmp_path / "scratch", kind="guarded")
    except MidrunError as error:
        pytest.skip(str(error))
    code = """if True:
        import sys; from pathlib import Path
        from midrun.errors import MidrunError
        from midrun.world.world import World
        inner = World(Path(sys.argv[1], "inner"))
        print(inner.kind, inner.promise)
        try:
            World(Path(sys.argv[1], "other"), kind="overlay")
        except MidrunError as error:
            print(error.slug, error)
    """
    argv = [sys.executable, "-c", code, str(tmp_path / "scratch")]
    done = subprocess.run(
        world.command(argv), env=world.environment(os.environ),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    first, second = done.stdout.splitlines()
    assert first.startswith("guarded This machine does not let midrun overlay its files ([Errno 1]")
    assert second.startswith(
        "no-world this machine can't make a scratch world of the kind 'overlay'"
    )


def test_services_do_not_hear_of_it_unless_the_user_wants(tmp_path, monkeypatch):
    world = World(tmp_path / "scratch")
    assert world.environment({})["WANDB_MODE"] == "offline"
    assert world.environment({"WANDB_MODE": "online"})["WANDB_MODE"] == "online"
    monkeypatch.setenv("WANDB_MODE", "disabled")
    assert "WANDB_MODE" not in world.promise
    monkeypatch.setenv("WANDB_MODE", "online")
    assert "is sent: WANDB_MODE is set." in world.promise
