"""The memory of an accelerator: its peak, and the largest batch that would fit.

What lies there from round to round (the model, the optimizer's state) does not depend on the batch;
what a step takes beyond that does, item by item.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

_KINDS = ("cuda", "xpu")  # modules of torch that count their memory alike
_USABLE = 0.95  # of the memory: the rest is the driver's, and lost between blocks


@dataclass(frozen=True)
class Device:
    """Bytes of a device: how many it has, how many were in use at most, and at least between steps;
    `batch` is how many items a step was given (0 if that is not known)."""

    name: str
    total: int
    peak: int
    resident: int
    batch: int

    @property
    def largest_batch(self) -> int:
        """How many items a step could be given, about; 0 if that is not known."""
        each = (self.peak - self.resident) / self.batch if self.batch else 0.0
        room = _USABLE * self.total - self.resident
        return max(0, int(room / each)) if each > 0 else 0


class DeviceMemory:
    """Looks at the devices that the program uses."""

    def __init__(self) -> None:
        self._resident: dict[tuple[str, int], int] = {}

    def between_steps(self) -> None:
        """A round of a loop that has trained begins."""
        for kind, number, module in _in_use():
            now = module.memory_allocated(number)
            before = self._resident.get((kind, number), now)
            self._resident[kind, number] = min(before, now)

    def found(self, batch: int) -> Device | None:
        """The device that is filled most."""
        devices = [
            Device(
                module.get_device_name(number),
                module.get_device_properties(number).total_memory,
                module.max_memory_allocated(number),
                self._resident.get((kind, number), 0),
                batch,
            )
            for kind, number, module in _in_use()
        ]
        used = [device for device in devices if device.peak]
        return max(used, key=lambda device: device.peak / device.total, default=None)


def _in_use() -> list[tuple[str, int, Any]]:
    torch = sys.modules.get("torch")
    modules = [(kind, getattr(torch, kind, None)) for kind in _KINDS]
    return [
        (kind, number, module)
        for kind, module in modules
        if module is not None and module.is_initialized() and module.is_available()
        for number in range(module.device_count())
    ]
