"""What a report says of a whole folder."""

from __future__ import annotations

import gzip
import os
import resource
import sys
from pathlib import Path

import folders
import numpy as np
import pytest

from midrun.data import badlist
from midrun.data.check import check
from midrun.data.finding import Finding, Report, printable
from midrun.data.look import look_at
from midrun.errors import MidrunError


def tree(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """All that is to be known of a folder: names, times, modes and bytes."""
    found = {}
    for top, below, names in os.walk(folder):
        for name in (*below, *names):
            path = Path(top, name)
            status = path.lstat()
            data = path.read_bytes() if path.is_file() else b""
            found[str(path)] = status.st_mtime_ns, status.st_mode, data
    return found


def test_nothing_is_changed(folder, look):
    for case in folders.every():
        if not case.missing():
            (folder / case.name).mkdir()
            case.make(folder / case.name)
    before = tree(folder)
    assert len(look(folder).findings) > 50
    assert tree(folder) == before
    assert not (folder / "ran").exists()


def test_splits_classes_and_sizes_are_counted(folder, look):
    pytest.importorskip("PIL")
    folders.pictures(folder)
    report = look(folder)
    counts = [(split.name, split.files, split.items, split.classes) for split in report.splits]
    assert counts == [
        ("train", 8, 8, {"cat": 4, "dog": 4}),
        ("val", 4, 4, {"cat": 2, "dog": 2}),
    ]
    assert report.bytes == sum(split.bytes for split in report.splits)
    assert report.formats == {"jpeg": 12}
    assert all(split.seconds > 0 for split in report.splits)


def test_labels_in_files_are_classes_too(folder, look):
    folders.digits(folder)
    assert look(folder).splits[0].classes == {str(label): 6 for label in range(10)}


def test_splits_can_be_given_as_paths_of_their_own(folder, look):
    pytest.importorskip("PIL")
    folders.picture_in_two_splits(folder)
    [finding] = look(folder / "train", folder / "val").findings
    assert finding.rule == "leak"


def test_a_single_file_can_be_given(folder, look):
    folders.nan_in_a_table(folder)
    [finding] = look(folder / "x.csv").findings
    assert (finding.where, finding.message) == ("row 31, column height", "1 of 50 cells is NaN")


def test_files_of_no_known_format_are_counted_and_compared(folder, look):
    (folder / "a.xyz").write_bytes(b"\1\2\3")
    (folder / "b.xyz").write_bytes(b"\1\2\3")
    report = look(folder)
    assert report.other == 2
    assert [finding.rule for finding in report.findings] == ["duplicate"]


def test_an_empty_folder_among_others_is_told(folder, look):
    (folder / "train").mkdir()
    (folder / "val").mkdir()
    folders.write_table(folder / "train/x.csv", folders.table())
    [finding] = look(folder / "train", folder / "val").findings
    assert (finding.rule, finding.file) == ("empty", str(folder / "val"))


def test_what_can_not_be_printed_is_escaped():
    assert printable("a\udce9\x1b[1m\ud800é") == r"a\xe9\x1b[1m\ud800é"


def test_an_empty_folder_is_refused(folder):
    with pytest.raises(MidrunError, match="there is no file in") as told:
        check([str(folder)])
    assert told.value.slug == "empty-data"


def test_places_of_bad_values_are_told(folder, look):
    array = folders.random().normal(size=(300_000, 5))
    array[250_000:250_002, 3] = np.nan
    np.save(folder / "x.npy", array)
    [finding] = look(folder).findings
    assert finding.where == "item 250000"
    assert finding.message == "2 of 1500000 values are NaN"


@pytest.mark.timeout(20)
def test_a_header_that_promises_too_much_is_not_waited_for(folder, look):
    (folder / "a-idx2-ubyte").write_bytes(b"\0\0\x08\2\xff\xff\xff\xff\0\0\0\0")
    (folder / "b-idx2-ubyte").write_bytes(b"\0\0\x08\2\xff\xff\xff\xff\0\0\0\1")
    (folder / "d-idx2-ubyte.gz").write_bytes(gzip.compress(b"\0\0\x08\2\0\0\0\1\xff\xff\xff\xff\1"))
    np.save(folder / "c.npy", np.empty((10**12, 0), np.float32))
    found = [(finding.rule, finding.file[-12:]) for finding in look(folder).findings]
    assert found == [
        ("truncated", "b-idx2-ubyte"), ("empty", "a-idx2-ubyte"),
        ("empty", str(folder / "c.npy")[-12:]), ("bomb", "idx2-ubyte.gz"[-12:]),
    ]  # fmt: skip


def test_large_files_with_the_same_samples_are_compared_whole(folder, look):
    data = bytearray(3 << 20)
    (folder / "a.bin").write_bytes(data)
    data[1 << 20] = 1
    (folder / "b.bin").write_bytes(data)
    assert look(folder).findings == []


def test_many_files_in_one_batch_keep_their_own_findings(folder, look):
    for n in range(300):
        (folder / f"{n:03}.txt").write_text("" if n % 100 == 7 else f"{n}")
    found = [finding.file for finding in look(folder).findings]
    assert found == [str(folder / name) for name in ("007.txt", "107.txt", "207.txt")]


def test_the_list_of_bad_files_has_their_bytes(folder, tmp_path):
    bad = ["\udce9.jpg", "with space.jpg", "line\nbreak.jpg"]
    report = Report([], [Finding("truncated", f"/data/{name}", "") for name in bad])
    said = badlist.write(str(tmp_path / "bad.txt"), report)
    assert (tmp_path / "bad.txt").read_bytes() == b"/data/with space.jpg\n/data/\xe9.jpg\n"
    assert "1 with a line break" in said


def test_a_list_never_replaces_a_file(tmp_path):
    (tmp_path / "bad.txt").write_text("mine")
    with pytest.raises(MidrunError, match="is there already"):
        badlist.refuse_to_replace(str(tmp_path / "bad.txt"))
    with pytest.raises(MidrunError, match="can't be written"):
        badlist.write(str(tmp_path / "bad.txt"), Report([]))
    assert (tmp_path / "bad.txt").read_text() == "mine"


def test_modules_in_the_current_folder_do_not_stand_in_for_libraries(folder, monkeypatch):
    (folder / "numpy.py").write_text("raise SystemExit('taken for NumPy')")
    np.save(folder / "x.npy", folders.random().normal(size=(10, 3)))
    monkeypatch.chdir(folder)
    assert check(["x.npy"], workers=1).findings == []
    assert sys.modules["numpy"] is np


def test_memory_does_not_grow_with_a_file(folder):
    length = (128 << 20) // 8  # more than the other tests of this process have ever held at once
    np.lib.format.open_memmap(folder / "x.npy", mode="w+", shape=(length,))[0] = 1
    (folder / "x.csv").write_text("a,b\n" + "1,2\n3,4\n5,6\n" * (4 << 17))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert look_at(str(folder / "x.npy")).findings == []
    assert look_at(str(folder / "x.csv")).findings == []
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 32 << 10  # KiB


def test_what_there_is_no_time_for_is_left_and_nothing_is_compared(folder):
    for number in range(300):
        (folder / f"{number}.txt").write_text("the same")
    report = check([str(folder)], workers=1, seconds=0.0)
    assert report.files + report.unread >= 300
    assert report.unread > 0
    assert report.findings == []
