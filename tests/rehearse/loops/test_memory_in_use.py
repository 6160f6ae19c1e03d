"""The memory that a process has."""

from __future__ import annotations

import os

from midrun.rehearse.loops.memory import InUse


def test_it_is_told_also_if_the_program_has_closed_the_file() -> None:
    used = InUse()
    assert used.bytes() > 1 << 20
    os.close(used._file)
    assert used.bytes() > 1 << 20
