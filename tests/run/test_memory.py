"""Which of the savepoints in memory are written, and when."""

from __future__ import annotations

import pytest

from midrun.run.memory import Memory


class Held:
    def __init__(self, name: str, written: list[str], copied: int = 0) -> None:
        self.copied = copied
        self._name, self._written = name, written

    def write(self) -> None:
        self._written.append(self._name)


@pytest.fixture
def written():
    return []


@pytest.fixture
def memory(written):
    memory = Memory()
    for name in "abc":
        memory.keep(Held(name, written))
    return memory


def test_the_newest_two_are_written_in_their_order(memory, written):
    memory.write(lambda: None)
    assert written == ["b", "c"]


def test_they_are_written_once(memory, written):
    memory.write(lambda: written.append("told"))
    memory.write(lambda: written.append("told again"))
    assert written == ["told", "b", "told", "c"]


def test_one_that_is_too_large_is_not_kept(memory, written):
    memory.keep(Held("d", written, copied=1 << 30))
    memory.write(lambda: None)
    assert memory.is_full
    assert written == ["b", "c"]
