"""What torch.compile leaves in a program, told from what is the program's."""

from __future__ import annotations

import importlib.machinery
import sys
import types

import pytest

from midrun.state.dynamo import has_compiled, installed_names, is_generated


@pytest.mark.parametrize("name", ["torch._dynamo.convert_frame", "torch._dynamo.utils"])
def test_dynamo_may_be_in_the_middle_of_its_import(name, monkeypatch):
    """The first step of an optimizer imports it, and a savepoint may be taken meanwhile."""
    module = types.ModuleType(name)
    module.__spec__ = importlib.machinery.ModuleSpec(name, None)
    module.__spec__._initializing = True
    monkeypatch.setitem(sys.modules, name, module)
    assert not is_generated(test_dynamo_may_be_in_the_middle_of_its_import.__code__)
    assert installed_names({"a": 1}) == set()
    assert not has_compiled()
