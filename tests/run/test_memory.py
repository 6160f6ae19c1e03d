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
def room():
    return []


@pytest.fixture
def memory(written, room):
    memory = Memory(room.append)
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


def test_there_is_memory_ready_for_the_next_one(memory, room, written):
    assert memory.is_of_use()
    memory.keep(Held("d", written, copied=1 << 20))
    assert room == [0, 0, 0, 32 << 20, 1 << 20]


def test_one_that_is_too_large_is_not_kept(memory, written):
    memory.keep(Held("d", written, copied=1 << 30))
    memory.write(lambda: None)
    assert not memory.is_of_use()
    assert written == ["b", "c"]
