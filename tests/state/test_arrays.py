from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

np = pytest.importorskip("numpy")

from roundtrip import Blobs, again, ambient, dump, load  # noqa: E402

from midrun.state.ambient import read_all, restore_all  # noqa: E402

BIG = 100_000


class Tagged(np.ndarray):
    def __array_finalize__(self, obj: Any) -> None:
        self.tag = getattr(obj, "tag", "none")


def _same(one: Any, other: Any) -> None:
    assert type(one) is type(other)
    assert (one.dtype, one.shape, one.strides) == (other.dtype, other.shape, other.strides)
    assert one.flags.writeable == other.flags.writeable
    assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize(
    "make",
    [
        lambda: np.arange(12.0).reshape(3, 4),
        lambda: np.asfortranarray(np.arange(12.0).reshape(3, 4)),
        lambda: np.arange(24).reshape(2, 3, 4).transpose(1, 0, 2).copy(order="K"),
        lambda: np.arange(12)[::-2],
        lambda: np.broadcast_to(np.arange(3), (4, 3)),
        lambda: np.lib.stride_tricks.sliding_window_view(np.arange(10), 4),
        lambda: np.array(5),
        lambda: np.zeros((0, 3), dtype="i2"),
        lambda: np.array([(1, 2.5, b"ab")], dtype=[("a", "i4"), ("b", "f8"), ("c", "S2")]),
        lambda: np.array([(1, 2.5)], dtype=np.dtype([("a", "i1"), ("b", "f8")], align=True))["b"],
        lambda: np.rec.array([(1, 2.0), (3, 4.0)], names="x,y"),
        lambda: np.arange(4).reshape(2, 2).view(np.matrix),
        lambda: np.array(["2020-01-01", "NaT"], dtype="M8[D]"),
        lambda: np.array(["a", "bcd"]),
        lambda: np.arange(4, dtype=">i4"),
        lambda: np.array([1 + 2j, np.nan]),
        lambda: np.frombuffer(b"abcdefgh", dtype="i4"),
        lambda: np.arange(BIG, dtype="f4").reshape(100, -1)[5:, ::-3],
        lambda: np.asfortranarray(np.arange(BIG).reshape(10, -1)),
    ],
)
def test_every_kind_of_array_is_as_it_was(make: Any) -> None:
    array = make()
    _same(array, again(array))


@pytest.mark.parametrize("length", [100, BIG])
def test_views_share_memory_after_loading(length: int) -> None:
    base = np.arange(length, dtype="f8")
    view, back = base[10:50], base[::-1]
    view.flags.writeable = False
    for order in ([base, view, back], [back, view, base]):
        found = again(order)
        base2 = found[0 if order[0] is base else 2]
        base2[10] = -1
        assert found[1][0] == -1
        assert not found[1].flags.writeable
        assert found[1].base is base2
        back2 = found[2 if order[0] is base else 0]
        assert back2[-11] == -1


@pytest.mark.parametrize("length", [100, BIG])
def test_equal_contents_do_not_come_to_share_memory(length: int) -> None:
    one, other = again([np.zeros(length), np.zeros(length)])
    one[:] = 1
    assert not other.any()


def test_small_arrays_own_their_memory_as_before() -> None:
    array = again(np.arange(5))
    array.resize(7, refcheck=False)
    assert array.tolist() == [0, 1, 2, 3, 4, 0, 0]


def test_large_memory_leaves_the_pickle_once() -> None:
    base = np.arange(BIG)
    blobs = Blobs()
    data, _ = dump([base, base[1:], base[::2]], blobs)
    assert len(blobs) == 1
    assert len(data) < 5_000


def test_memory_of_a_bytearray_is_shared_with_it() -> None:
    space = bytearray(64)
    space2, array2 = again((space, np.frombuffer(space, "u1")[3:]))
    array2[0] = 9
    assert space2[3] == 9


def test_a_loaded_state_can_be_saved_and_loaded_again() -> None:
    base = np.arange(BIG)
    base3, view3 = again(again((base, base[7:])))
    base3[7] = -5
    assert view3[0] == -5


def test_arrays_of_objects() -> None:
    shared = [1]
    base = np.array([shared, "x", None, shared], dtype=object)
    base[2] = base
    base2, view2, shared2 = again((base, base[1::2], shared))
    assert base2[2] is base2
    assert base2[0] is shared2
    view2[0] = "new"
    assert base2[1] == "new"


def test_strings_of_variable_width() -> None:
    array = np.array(["a" * 50, "b"], dtype=np.dtypes.StringDType())
    assert again(array).tolist() == array.tolist()


def test_subclasses_keep_their_attributes() -> None:
    array = np.arange(5).view(Tagged)
    array.tag = ["mine"]
    found = again(array)
    assert type(found).__name__ == "Tagged"
    assert found.tag == ["mine"]


def test_masked_arrays() -> None:
    array = np.ma.array([1.0, 2.0, 3.0], mask=[0, 1, 0], fill_value=-1)
    found = again(array)
    assert repr(found) == repr(array)
    assert found.filled().tolist() == [1.0, -1.0, 3.0]


@pytest.mark.parametrize("mode", ["r", "r+", "c"])
def test_mapped_files_are_mapped_again(tmp_path: Path, mode: Any) -> None:
    path = tmp_path / "data.bin"
    np.arange(1000, dtype="i4").tofile(path)
    whole = np.memmap(path, "i4", mode, offset=40, shape=(90, 10))
    if mode == "c":
        whole[2, 0] = -7
    part = whole[2:4]
    found, part2 = again([whole, part])
    _same(whole, found)
    _same(part, part2)
    assert (found.mode, found.offset, part2.mode) == (mode, 40, mode)
    assert Path(found.filename) == path
    if mode != "r":
        found[2, 1] = 11
        assert part2[0, 1] == 11
    assert (np.fromfile(path, "i4")[31] == 11) == (mode == "r+")


def test_a_mapped_file_that_has_changed_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "data.bin"
    np.zeros(100).tofile(path)
    blobs = Blobs()
    data, _ = dump(np.memmap(path, "f8", "r"), blobs)
    np.ones(100).tofile(path)
    found, (report,) = load(data, blobs)
    assert found[0] == 1
    assert str(path) in report.what
    path.unlink()
    missing, reports = load(data, blobs)
    assert "not in the savepoint" in repr(missing)
    assert len(reports) == 1


def test_scalars_ufuncs_and_iterators() -> None:
    assert again(np.float32(1.5)).dtype == np.float32
    assert again(np.add) is np.add
    assert again(np.frompyfunc(abs, 1, 1))(-3) == 3
    array = np.arange(5)
    iterator = array.flat
    next(iterator)
    array2, iterator2 = again((array, iterator))
    array2[1] = 42
    assert list(iterator2) == [42, 2, 3, 4]


def test_generators_go_on_where_they_were() -> None:
    bits = np.random.PCG64(3)
    one, other, old = np.random.Generator(bits), np.random.Generator(bits), np.random.RandomState(1)
    old.normal()
    one.integers(5, dtype="i4")
    children = bits.seed_seq.spawn(2)
    one2, other2, old2 = again((one, other, old))
    expected = [one.random(), other.random(), one.integers(9), old.normal()]
    assert [one2.random(), other2.random(), one2.integers(9), old2.normal()] == expected
    assert one2.bit_generator is other2.bit_generator
    assert one2.bit_generator.seed_seq.n_children_spawned == len(children)


def test_ambient_state() -> None:
    entries = [entry for entry in ambient() if entry.module.startswith("numpy")]
    with np.errstate(divide="ignore"), np.printoptions(precision=3):
        np.random.seed(4)
        state = again(read_all(entries))
        expected = np.random.random()
    before = read_all(entries)
    try:
        restore_all(entries, state)
        assert np.geterr()["divide"] == "ignore"
        assert np.get_printoptions()["precision"] == 3
        assert np.random.random() == expected
    finally:
        restore_all(entries, before)


def test_a_row_of_a_structured_array_stays_a_view_of_it():
    table = np.zeros(4, dtype=[("id", "i4"), ("name", "U8")])
    found = again({"table": table, "row": table[2], "alone": np.zeros((), table.dtype)[()]})
    found["row"]["name"] = "changed"
    assert found["table"]["name"].tolist() == ["", "", "changed", ""]
    assert found["alone"].dtype == table.dtype


def test_a_class_of_a_librarys_module_that_nobody_has_imported():
    """`np.recarray` says that it is of `numpy.rec`."""
    records = again(np.zeros(2, dtype=[("id", "i4")]).view(np.recarray))
    assert type(records) is np.recarray
    assert records[1].id == 0


def test_the_error_state_that_a_block_is_to_put_back():
    before = np.geterr()
    block = np.errstate(over="raise")
    with block:
        other = again(block)
    np.seterr(all="ignore")
    other.__exit__(None, None, None)
    assert np.geterr() == before
