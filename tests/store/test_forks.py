"""A fork while a savepoint is being written harms neither process, and the child doesn't write."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import textwrap
import threading
import time
import warnings
from collections.abc import Callable, Iterator

import pytest

from midrun.store import Pending, Run, Store, StoreError
from midrun.store.background import Background


def in_child(work: Callable[[], bool]) -> bool:
    """Run `work` in a forked child; return whether it returned true within ten seconds."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            code = 0 if work() else 1
        finally:
            os._exit(code)
    end = time.monotonic() + 10
    while time.monotonic() < end:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return status == 0
        time.sleep(0.005)
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    return False


def begin(run: Run, blobs: int = 100) -> Pending:
    """Begin a savepoint, and return when the writing of its blobs is under way."""
    draft = run.draft()
    for n in range(blobs):
        draft.put(os.urandom(1000) + bytes([n % 256]))
    pending = draft.finish(b"state", {})
    while not list((run.folder / "savepoints").glob("*.draft/*-*")):
        time.sleep(0.0005)
    assert not pending.done
    return pending


def test_both_processes_are_fine_after_a_fork_in_mid_write(run):
    pending = begin(run)
    assert in_child(lambda: True)
    assert pending.wait(10).damaged() == []


def test_the_child_does_not_remove_the_files_of_its_parent(run):
    pending = begin(run)

    def child() -> bool:
        run.close()
        gc.collect()
        return True

    assert in_child(child)
    assert pending.wait(10).damaged() == []


def test_no_thread_of_ours_runs_at_the_moment_of_a_fork():
    def tasks() -> int:
        return len(os.listdir("/proc/self/task"))

    seen: list[int] = []
    os.register_at_fork(before=lambda: seen.append(tasks()))  # runs after those added later
    background = Background()
    idle = tasks()

    def job() -> Iterator[None]:
        for _ in range(50):
            time.sleep(0.01)
            yield

    background.submit(job())
    assert tasks() == idle + 1
    assert in_child(lambda: True)
    assert seen[-1] == idle
    background.join()


def test_the_child_cannot_save(run):
    def child() -> bool:
        with pytest.raises(StoreError) as caught:
            run.draft()
        return caught.value.slug == "forked"

    assert in_child(child)


def test_the_child_does_not_wait_for_what_its_parent_writes(run):
    pending = begin(run)

    def child() -> bool:
        with pytest.raises(StoreError):
            pending.wait()
        return True

    assert in_child(child)
    pending.wait(10)


def test_a_draft_that_is_open_at_the_fork_can_be_finished_by_the_parent(run):
    draft = run.draft()
    key = draft.put(b"data")
    assert in_child(lambda: draft.abandon() is None)
    assert bytes(draft.finish(b"", {}).wait(10).blob(key)) == b"data"


def test_a_fork_does_not_wait_for_a_long_job():
    background = Background()
    steps = [0]

    def job() -> Iterator[None]:
        for _ in range(100):
            time.sleep(0.01)
            steps[0] += 1
            yield

    background.submit(job())
    start = time.monotonic()
    assert in_child(lambda: True)
    assert time.monotonic() - start < 0.5
    background.join()
    assert steps[0] == 100


def test_many_threads_fork_while_jobs_run():
    background = Background()
    done: list[int] = []

    def job(n: int) -> Iterator[None]:
        yield
        done.append(n)

    def fork_often() -> None:
        for _ in range(10):
            subprocess.run(["true"], check=True, preexec_fn=lambda: None)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the threads are this test's own
        threads = [threading.Thread(target=fork_often) for _ in range(4)]
        for thread in threads:
            thread.start()
        for n in range(300):
            background.submit(job(n))
        for thread in threads:
            thread.join()
    background.join()
    assert done == list(range(300))


def test_a_forked_child_does_not_keep_a_dead_run_alive(tmp_path):
    script = """
        import os, sys, time
        from pathlib import Path
        from midrun.store import Store
        run = Store(Path(sys.argv[1])).new_run({})
        here, there = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.write(there, b".")
            time.sleep(60)
            os._exit(0)
        os.read(here, 1)
        print(run.id, pid, run.alive, flush=True)
        os._exit(0)
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        id_, child, alive = process.stdout.readline().split()
        assert alive == "True"
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        try:
            assert os.path.exists(f"/proc/{child}")
            assert not Store(tmp_path).run(id_).alive
        finally:
            os.kill(int(child), 9)


def test_what_was_begun_is_finished_before_the_interpreter_exits(tmp_path):
    script = """
        import os, sys
        from pathlib import Path
        from midrun.store import Store
        draft = Store(Path(sys.argv[1])).new_run({}).draft()
        for _ in range(200):
            draft.put(os.urandom(1000))
        draft.finish(b"state", {})
    """
    env = os.environ | {"MIDRUN_KEY_FILE": str(tmp_path / "key")}
    command = [sys.executable, "-W", "error", "-c", textwrap.dedent(script), str(tmp_path / "s")]
    ran = subprocess.run(command, env=env, capture_output=True, text=True, timeout=20)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert Store(tmp_path / "s").savepoint().damaged() == []
