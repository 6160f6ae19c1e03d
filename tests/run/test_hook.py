"""Which modules are the program's own."""

from __future__ import annotations

import sys
import types

import pytest

from midrun.run.hook import Own


@pytest.fixture
def own(tmp_path):
    (tmp_path / "project").mkdir()
    return Own([str(tmp_path / "project")], [])


def module(monkeypatch, name, path):
    made = types.ModuleType(name)
    made.__file__ = str(path)
    monkeypatch.setitem(sys.modules, name, made)
    return made


def test_a_module_counts_as_soon_as_it_is_there(own, tmp_path, monkeypatch):
    assert own.modules() == ["__main__"]
    module(monkeypatch, "one", tmp_path / "project" / "one.py")
    assert own.modules() == ["__main__", "one"]
    module(monkeypatch, "two", tmp_path / "elsewhere.txt")
    assert own.modules() == ["__main__", "one"]


def test_a_module_that_another_takes_the_place_of_counts_no_more(own, tmp_path, monkeypatch):
    module(monkeypatch, "one", tmp_path / "project" / "one.py")
    assert own.modules() == ["__main__", "one"]
    monkeypatch.setitem(sys.modules, "one", types.SimpleNamespace())
    assert own.modules() == ["__main__"]


def test_files_are_told_by_where_they_really_are(own, tmp_path):
    project, outside = tmp_path / "project", tmp_path / "outside"
    outside.mkdir()
    (outside / "real.py").touch()
    (project / "real.py").touch()
    (project / "folder").symlink_to(outside)
    (outside / "folder").symlink_to(project)
    (project / "link.py").symlink_to(outside / "real.py")
    assert own.has_file(str(project / "real.py"))
    assert own.has_file(str(outside / "folder" / "real.py"))
    assert not own.has_file(str(project / "folder" / "real.py"))
    assert not own.has_file(str(project / "link.py"))
    assert not own.has_file(str(project / "folder" / ".." / "real.py"))
