"""Instances of classes of libraries that say in `__getstate__` what is kept of them."""

from __future__ import annotations

import importlib
import types

import pytest
from roundtrip import Blobs, again, dump, load

LIBRARY = """
import hashlib

class Loader:
    def __init__(self):
        self.size, self.iterator = 3, iter([1, 2, 3])

    def __getstate__(self):
        return {"size": self.size, "iterator": None}

class Hasher:
    def __init__(self):
        self.name, self.hash = "sha256", hashlib.sha256()

    def __getstate__(self):
        return {"name": self.name}

    def __setstate__(self, state):
        self.name, self.hash = state["name"], hashlib.new(state["name"])

class Args:
    def __init__(self, *args):
        self.args = args

    def __getstate__(self):
        return {"args": self.args}

class Refusing:
    def __getstate__(self):
        raise TypeError("this is not for pickles")

class Wrapping:
    def __new__(cls, inner):
        made = super().__new__(cls)
        made.inner = inner
        return made

class Shared:
    _shared = {}

    def __init__(self):
        self.__dict__ = self._shared
"""


@pytest.fixture
def library(importable) -> types.ModuleType:
    importable("dropping_library", LIBRARY)
    return importlib.import_module("dropping_library")


def test_what_a_class_drops_is_kept(library):
    loader = library.Loader()
    next(loader.iterator)
    one, other = again([loader, loader])
    assert one is other
    assert (one.size, list(one.iterator)) == (3, [2, 3])


def test_what_cannot_be_saved_is_left_to_the_class(library):
    assert again(library.Hasher()).hash.hexdigest() == library.Hasher().hash.hexdigest()


def test_an_instance_whose_new_wants_arguments_is_made_without_it(library):
    assert again(library.Wrapping([1])).inner == [1]


def test_an_instance_that_is_still_being_made_is_saved_as_far_as_it_is(library):
    half = library.Args.__new__(library.Args)
    half.before = 1
    half = again(half)
    assert vars(half) == {"before": 1}


def test_a_class_that_refuses_is_missing(library):
    blobs = Blobs()
    data, session = dump([library.Refusing()], blobs)
    assert [why for _, why in session.missing] == ["this is not for pickles"]
    assert "not in the savepoint" in repr(load(data, blobs)[0])


def test_instances_share_the_dict_of_their_class(library):
    one = library.Shared()
    one.value = 1
    (loaded,) = again([one])
    assert vars(loaded) is library.Shared._shared
