"""Formats and splits, told by names and first bytes."""

from __future__ import annotations

import pytest

from midrun.data.kinds import by_name, judge
from midrun.data.splits import split_of_name


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a/b/X.JPG", "jpeg"),
        ("train-images-idx3-ubyte", "idx"),
        ("t10k-labels.idx1-ubyte.gz", "idx"),
        ("0001.tar.gz", "tar"),
        ("noending", ""),
        ("jpg", ""),
        ("folder.csv/noending", ""),
    ],
)
def test_names_promise_formats(name, form):
    assert by_name(name) == form


@pytest.mark.parametrize(
    ("name", "head", "judged"),
    [
        ("x.jpg", b"\xff\xd8\xff\xe0", ("jpeg", "")),
        ("x.jpg", b"\x89PNG\r\n\x1a\n", ("png", "misnamed")),
        ("x.jpg", b"<html>", ("", "wrong-content")),
        ("x.csv", b"PK\x03\x04", ("", "wrong-content")),
        ("x.html", b"<html>", ("text", "")),
        ("data_batch_1", b"\x80\x02}q", ("pickle", "")),
        ("x.pt", b"PK\x03\x04", ("torch", "")),
        ("x.npy", b"\x89HDF\r\n\x1a\n", ("hdf5", "misnamed")),
        ("README", b"words", ("", "")),
    ],
)
def test_first_bytes_decide(name, head, judged):
    assert judge(name, head)[:2] == judged


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("train.csv", "train"),
        ("x_val.npy", "val"),
        ("t10k-images-idx3-ubyte", "test"),
        ("data_batch_3", "train"),
        ("test_batch", "test"),
        ("imagenet-train-0001.tar", "train"),
        ("constraint.csv", ""),
        ("latest.csv", ""),
    ],
)
def test_names_of_splits(name, split):
    assert split_of_name(name) == split
