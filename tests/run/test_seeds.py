"""What a run draws from the system instead of a seed: once, and again when it is repeated."""

from __future__ import annotations

import os

import pytest

from midrun.run.seeds import Entropy

UNSEEDED = """\
import midrun
import numpy as np
first = np.random.default_rng()
midrun.savepoint("between")
second, third = np.random.default_rng(), np.random.RandomState()
print(first.random(), second.random(), third.rand())
"""
WORKERS = """\
import multiprocessing
import numpy as np

def draw(results):
    results.put(np.random.default_rng().random())

if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    for _ in range(3):
        worker = context.Process(target=draw, args=(results,))
        worker.start()
        worker.join()
    print(len({np.random.default_rng().random(), *(results.get() for _ in range(3))}))
"""


def test_the_same_seed_gives_the_same_again():
    one, other = Entropy(5), Entropy(5)
    assert [one.draw(128) for _ in range(3)] == [other.draw(128) for _ in range(3)]
    assert Entropy(6).draw(128) != Entropy(5).draw(128)


def test_it_goes_on_where_it_was():
    whole = Entropy(5)
    drawn = [whole.draw(128) for _ in range(3)]
    whole.go_on(1)
    assert [whole.draw(128) for _ in range(2)] == drawn[1:]


def test_a_child_that_is_no_worker_has_numbers_of_its_own():
    entropy = Entropy(5)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write, entropy.draw(128).to_bytes(16, "big"))
        os._exit(0)
    os.waitpid(child, 0)
    drawn = int.from_bytes(os.read(read, 16), "big")
    assert drawn != entropy.draw(128)


def test_unseeded_generators_go_on_after_a_resume(project):
    pytest.importorskip("numpy")
    project.write(UNSEEDED)
    code, out, _ = project.run("run", "--budget", "0", "a.py")
    assert code == 0
    assert project.run("resume", "between")[1] == out
    assert project.run("run", "--budget", "0", "a.py")[1] != out


def test_no_two_workers_have_the_same_numbers(project):
    pytest.importorskip("numpy")
    project.write(WORKERS)
    assert project.run("run", "a.py")[:2] == (0, "4\n")
