"""The largest batch that fits, with a stand-in for torch's module of a device."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from midrun.rehearse.accelerator import Device, DeviceMemory

GB = 1 << 30


class Cuda:
    """80 GB, of which `now` are in use, and were at most `peak`."""

    def __init__(self) -> None:
        self.now = self.peak = 0

    def is_available(self) -> bool:
        return True

    def is_initialized(self) -> bool:
        return True

    def device_count(self) -> int:
        return 1

    def memory_allocated(self, number: int) -> int:
        return self.now

    def max_memory_allocated(self, number: int) -> int:
        return self.peak

    def get_device_name(self, number: int) -> str:
        return "a device"

    def get_device_properties(self, number: int) -> SimpleNamespace:
        return SimpleNamespace(total_memory=80 * GB)


@pytest.fixture
def cuda(monkeypatch: pytest.MonkeyPatch) -> Cuda:
    found = Cuda()
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(cuda=found))
    return found


def test_what_stays_from_step_to_step_does_not_grow_with_the_batch(cuda: Cuda) -> None:
    memory = DeviceMemory()
    for now in (6 * GB, 4 * GB, 5 * GB):
        cuda.now, cuda.peak = now, 22 * GB
        memory.between_steps()
    found = memory.found(batch=16)
    assert found == Device("a device", 80 * GB, 22 * GB, 4 * GB, 16)
    assert found.largest_batch == int((0.95 * 80 - 4) / (18 / 16))


def test_a_device_that_nothing_lies_on_is_not_told(cuda: Cuda) -> None:
    assert DeviceMemory().found(batch=16) is None


def test_without_a_batch_nothing_is_said_of_it() -> None:
    assert Device("a device", 80 * GB, 22 * GB, 4 * GB, 0).largest_batch == 0
