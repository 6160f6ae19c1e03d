"""torch.distributed: groups of processes, and what is spread over them, are not saved.

Each process of a group would be a run of its own, and they would not agree on a position. What
belongs to a group is missing after a resume, under its own name; the rest of the program goes on.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from midrun.state.pickling import Saver
    from midrun.state.registry import Registry

MODULE = "torch.distributed.distributed_c10d"


def add(registry: Registry) -> None:
    registry.register("torch.distributed.tensor.DTensor", _tensor)
    registry.register("torch.distributed.device_mesh.DeviceMesh", _of_group)
    registry.register(f"{MODULE}.ProcessGroup", _of_group)
    registry.register("torch._C._distributed_c10d.ProcessGroup", _of_group)


def _tensor(obj: Any, saver: Saver) -> Any:
    why = "it is spread over a group of processes, which is not saved"
    return saver.give_up(obj, f"{why}; its full_tensor(), or to_local(), can be")


def _of_group(obj: Any, saver: Saver) -> Any:
    return saver.give_up(
        obj, "groups of processes are not saved; call init_process_group() and make it anew"
    )


def read_group() -> Any:
    """The group that the program has begun, so that a savepoint names it; None without one."""
    return sys.modules[MODULE].GroupMember.WORLD


def leave_group(saved: Any) -> None:
    """A group is not begun again: that is for the program to do."""
