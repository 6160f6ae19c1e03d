"""Being told of an import."""

from __future__ import annotations

import importlib
import sys

from midrun.run.imports import after_import


def test_two_that_wait_for_the_same_module_are_both_told(tmp_path, monkeypatch):
    (tmp_path / "late_module.py").write_text("value = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "late_module", raising=False)
    told: list[int] = []
    after_import("late_module", lambda module: told.append(module.value))
    after_import("late_module", lambda module: told.append(-module.value))
    importlib.import_module("late_module")
    assert sorted(told) == [-1, 1]
