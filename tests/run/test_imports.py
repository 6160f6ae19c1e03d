"""Being told of an import."""

from __future__ import annotations

import importlib

from midrun.run.imports import after_import


def test_two_that_wait_for_the_same_module_are_both_told(importable):
    importable("late_module", "value = 1\n")
    told: list[int] = []
    after_import("late_module", lambda module: told.append(module.value))
    after_import("late_module", lambda module: told.append(-module.value))
    importlib.import_module("late_module")
    assert sorted(told) == [-1, 1]
