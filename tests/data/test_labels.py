"""Which values can't be labels."""

from __future__ import annotations

import pytest

from midrun.data.labels import is_label, out_of_range


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({0, 1, 2}, set()),
        ({0, 1, 2, 255}, {255}),
        ({-1, 0, 1, 2}, {-1}),
        ({1, 2, 3}, {3}),
        ({-1, 1}, {-1}),
        ({0}, set()),
        ({1990, 1991, 2003}, set()),  # years
        ({0, 5, 17, 100, 230}, set()),  # numbers of something
        ({10, 20, 30}, set()),
    ],
)
def test_only_what_is_sure_is_out_of_range(values, wrong):
    assert out_of_range(dict.fromkeys(values, 3))[0] == wrong


@pytest.mark.parametrize(
    "name", ["label", "y", "y_train", "t10k-labels-idx1", "fine_labels", "cls"]
)
def test_names_of_labels(name):
    assert is_label(name)


@pytest.mark.parametrize("name", ["x", "year", "yes", "labelled_by", "subclass", "body"])
def test_names_of_other_things(name):
    assert not is_label(name)
