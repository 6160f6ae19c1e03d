"""Data folders with one defect each, and clean ones.

A function fills an empty folder; `DEFECTS` says by which rule it is found, in which file.
"""

from __future__ import annotations

import gzip
import importlib.util
import io
import json
import os
import pickle
import struct
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

Make = Callable[[Path], None]


@dataclass(frozen=True)
class Case:
    make: Make
    rule: str = ""
    file: str = ""
    needs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.make.__name__

    def missing(self) -> list[str]:
        return [library for library in self.needs if importlib.util.find_spec(library) is None]


DEFECTS: list[Case] = []
CLEAN: list[Case] = []


def defect(rule: str, file: str, *needs: str) -> Callable[[Make], Make]:
    def add(make: Make) -> Make:
        DEFECTS.append(Case(make, rule, file, needs))
        return make

    return add


def clean(*needs: str) -> Callable[[Make], Make]:
    def add(make: Make) -> Make:
        CLEAN.append(Case(make, needs=needs))
        return make

    return add


def random(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def picture(seed: int, side: int = 40, mode: str = "RGB") -> Any:
    """Smooth colours, other ones for each seed."""
    from PIL import Image

    colours = random(seed).integers(0, 256, (6, 6, 3), dtype=np.uint8)
    return Image.fromarray(colours).resize((side, side), Image.Resampling.BICUBIC).convert(mode)


def packed(image: Any, form: str = "JPEG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def pictures(folder: Path, number: int = 4) -> None:
    """torchvision's layout: train and val with two classes each."""
    seeds = iter(range(10_000))
    for split, each in (("train", number), ("val", 2)):
        for label in ("cat", "dog"):
            below = folder / split / label
            below.mkdir(parents=True)
            for n in range(each):
                (below / f"{n}.jpg").write_bytes(packed(picture(next(seeds))))


def table(rows: int = 50, seed: int = 0) -> list[list[Any]]:
    numbers = random(seed).normal(size=(rows, 3)).round(6).tolist()
    return [["width", "height", "age", "label"]] + [
        [*row, n % 3] for n, row in enumerate(numbers)
    ]  # fmt: skip


def write_table(path: Path, rows: list[list[Any]], delimiter: str = ",") -> None:
    path.write_text("".join(delimiter.join(map(str, row)) + "\n" for row in rows))


def idx(array: Any) -> bytes:
    return (
        bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
        + array.astype(np.uint8).tobytes()
    )  # fmt: skip


def digits(folder: Path, labels: Any = None) -> None:
    """MNIST's four files."""
    for seed, (split, number) in enumerate((("train", 60), ("t10k", 20))):
        images = random(seed).integers(0, 256, (number, 8, 8))
        own = np.arange(number) % 10 if labels is None or split == "t10k" else labels
        (folder / f"{split}-images-idx3-ubyte").write_bytes(idx(images))
        (folder / f"{split}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(own)))


def batch(seed: int, labels: list[int]) -> dict[str, Any]:
    """One of CIFAR's pickles."""
    data = random(seed).integers(0, 256, (len(labels), 3072), dtype=np.uint8)
    return {"batch_label": "one", "labels": labels, "data": data, "filenames": []}


def shard(samples: dict[str, dict[str, bytes]]) -> bytes:
    """A tar file as WebDataset has them."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for key, parts in samples.items():
            for part, data in parts.items():
                member = tarfile.TarInfo(f"{key}.{part}")
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))
    return file.getvalue()


def samples(number: int = 6) -> dict[str, dict[str, bytes]]:
    return {f"{n:04}": {"jpg": packed(picture(n)), "cls": b"%d" % (n % 2)} for n in range(number)}


# The file


@defect("truncated", "train/cat/1.jpg", "PIL")
def truncated_jpeg(folder: Path) -> None:
    pictures(folder)
    path = folder / "train/cat/1.jpg"
    path.write_bytes(path.read_bytes()[:-200])


@defect("truncated", "1.png", "PIL")
def truncated_png(folder: Path) -> None:
    for n in range(3):
        (folder / f"{n}.png").write_bytes(packed(picture(n), "PNG"))
    (folder / "1.png").write_bytes((folder / "1.png").read_bytes()[:-300])


@defect("unreadable", "1.jpg", "PIL")
def noise_named_jpeg(folder: Path) -> None:
    (folder / "0.jpg").write_bytes(packed(picture(0)))
    (folder / "1.jpg").write_bytes(random().bytes(2000))


@defect("empty", "train/dog/0.jpg", "PIL")
def empty_picture(folder: Path) -> None:
    pictures(folder)
    (folder / "train/dog/0.jpg").write_bytes(b"")


@defect("misnamed", "1.jpg", "PIL")
def png_named_jpg(folder: Path) -> None:
    (folder / "0.jpg").write_bytes(packed(picture(0)))
    (folder / "1.jpg").write_bytes(packed(picture(1), "PNG"))


@defect("wrong-content", "1.jpg", "PIL")
def error_page_named_jpg(folder: Path) -> None:
    (folder / "0.jpg").write_bytes(packed(picture(0)))
    (folder / "1.jpg").write_text("<!DOCTYPE html><html><title>404 Not Found</title></html>")


@defect("wrong-content", "x.npy")
def lfs_pointer(folder: Path) -> None:
    text = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 12345\n"
    (folder / "x.npy").write_text(text)


@defect("bomb", "huge.png", "PIL")
def decompression_bomb(folder: Path) -> None:
    from PIL import Image

    data = bytearray(packed(Image.new("1", (8, 8)), "PNG"))
    data[16:24] = struct.pack(">II", 60_000, 60_000)
    import zlib

    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    (folder / "huge.png").write_bytes(data)


@defect("special-file", "pipe")
def named_pipe(folder: Path) -> None:
    write_table(folder / "x.csv", table())
    os.mkfifo(folder / "pipe")


@defect("foreign-pickle", "data.pkl")
def pickle_with_code(folder: Path) -> None:
    class Evil:
        def __reduce__(self) -> Any:
            return os.mkdir, (str(folder / "ran"),)

    (folder / "data.pkl").write_bytes(pickle.dumps({"data": Evil()}))


@defect("foreign-pickle", "x.npy")
def array_of_objects(folder: Path) -> None:
    np.save(folder / "x.npy", np.array([{"a": 1}, None]))


@defect("foreign-pickle", "x.pt", "torch")
def tensors_with_code(folder: Path) -> None:
    import torch

    torch.save({"x": torch.ones(3), "where": Path("here")}, folder / "x.pt")


@defect("truncated", "x.npy")
def truncated_array(folder: Path) -> None:
    np.save(folder / "x.npy", random().normal(size=(100, 3)))
    (folder / "x.npy").write_bytes((folder / "x.npy").read_bytes()[:-8])


@defect("truncated", "x.npz")
def truncated_archive(folder: Path) -> None:
    np.savez(folder / "x.npz", x=random().normal(size=(100, 3)))
    (folder / "x.npz").write_bytes((folder / "x.npz").read_bytes()[:-100])


@defect("unreadable", "x.npz")
def damaged_archive(folder: Path) -> None:
    np.savez_compressed(folder / "x.npz", x=random().normal(size=(100, 3)))
    data = bytearray((folder / "x.npz").read_bytes())
    data[300:310] = b"0123456789"
    (folder / "x.npz").write_bytes(data)


@defect("truncated", "x.pt", "torch")
def truncated_tensors(folder: Path) -> None:
    import torch

    torch.save(torch.randn(1000), folder / "x.pt")
    (folder / "x.pt").write_bytes((folder / "x.pt").read_bytes()[:-1000])


@defect("truncated", "x.h5", "h5py")
def truncated_hdf5(folder: Path) -> None:
    _hdf5(folder / "x.h5")
    (folder / "x.h5").write_bytes((folder / "x.h5").read_bytes()[:-500])


@defect("truncated", "x.parquet", "pyarrow")
def truncated_parquet(folder: Path) -> None:
    _parquet(folder / "x.parquet")
    (folder / "x.parquet").write_bytes((folder / "x.parquet").read_bytes()[:-20])


@defect("truncated", "train-images-idx3-ubyte")
def truncated_idx(folder: Path) -> None:
    digits(folder)
    path = folder / "train-images-idx3-ubyte"
    path.write_bytes(path.read_bytes()[:-10])


@defect("truncated", "train-labels-idx1-ubyte.gz")
def truncated_gzip(folder: Path) -> None:
    digits(folder)
    path = folder / "train-labels-idx1-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-12])


@defect("truncated", "data_batch_1")
def truncated_pickle(folder: Path) -> None:
    (folder / "data_batch_1").write_bytes(pickle.dumps(batch(0, [0, 1, 2]))[:-3000])


@defect("truncated", "0000.tar", "PIL")
def truncated_tar(folder: Path) -> None:
    (folder / "0000.tar").write_bytes(shard(samples())[: 1024 * 7])


@defect("truncated", "0000.tar", "PIL")
def truncated_member(folder: Path) -> None:
    broken = samples()
    broken["0003"]["jpg"] = broken["0003"]["jpg"][:-200]
    (folder / "0000.tar").write_bytes(shard(broken))


@defect("missing-part", "0000.tar", "PIL")
def sample_without_label(folder: Path) -> None:
    broken = samples()
    del broken["0003"]["cls"]
    (folder / "0000.tar").write_bytes(shard(broken))


@defect("truncated", "x.json")
def truncated_json(folder: Path) -> None:
    (folder / "x.json").write_text(json.dumps({"images": [1, 2, 3]})[:-3])


# Links and names


@defect("dangling-link", "gone.csv")
def dangling_link(folder: Path) -> None:
    write_table(folder / "x.csv", table())
    (folder / "gone.csv").symlink_to("nothing.csv")


@defect("link-loop", "sub/back")
def link_to_a_folder_above(folder: Path) -> None:
    (folder / "sub").mkdir()
    write_table(folder / "sub" / "x.csv", table())
    (folder / "sub" / "back").symlink_to("..")


@defect("dangling-link", "a")
def ring_of_links(folder: Path) -> None:
    write_table(folder / "x.csv", table())
    (folder / "a").symlink_to("b")
    (folder / "b").symlink_to("a")


@defect("link-outside", "far.csv")
def link_out_of_the_folder(folder: Path) -> None:
    outside = folder.parent / f"{folder.name}-outside.csv"
    write_table(outside, table())
    (folder / "far.csv").symlink_to(outside)


@defect("linked-twice", "again")
def folder_under_two_names(folder: Path) -> None:
    (folder / "sub").mkdir()
    write_table(folder / "sub" / "x.csv", table())
    (folder / "again").symlink_to("sub")


@defect("name-case", "A.csv")
def names_that_differ_in_case(folder: Path) -> None:
    write_table(folder / "A.csv", table(seed=1))
    write_table(folder / "a.csv", table(seed=2))


@defect("name-encoding", "\udce9t\udce9.csv")
def name_in_latin_1(folder: Path) -> None:
    write_table(folder / "\udce9t\udce9.csv", table())


@defect("text-encoding", "notes.txt")
def text_in_latin_1(folder: Path) -> None:
    (folder / "notes.txt").write_bytes("ein\nschöner Tag\n".encode("latin-1"))


@defect("text-encoding", "x.csv")
def table_in_utf_16(folder: Path) -> None:
    (folder / "x.csv").write_text("a,b\n1,2\n", encoding="utf-16")


# Values


@defect("bad-row", "x.csv")
def row_with_a_field_too_many(folder: Path) -> None:
    rows = table()
    rows[17].append(1)
    write_table(folder / "x.csv", rows)


@defect("bad-row", "x.jsonl")
def line_that_is_no_json(folder: Path) -> None:
    lines = [json.dumps({"text": str(n), "label": n % 2}) for n in range(10)]
    (folder / "x.jsonl").write_text("\n".join([*lines, '{"text": "cut o']))


@defect("nan", "x.csv")
def nan_in_a_table(folder: Path) -> None:
    rows = table()
    rows[30][1] = "nan"
    write_table(folder / "x.csv", rows)


@defect("nan", "x.npy")
def nan_in_an_array(folder: Path) -> None:
    array = random().normal(size=(100, 5)).astype(np.float32)
    array[42, 3] = np.nan
    np.save(folder / "x.npy", array)


@defect("inf", "x.npz")
def infinity_in_an_archive(folder: Path) -> None:
    array = random().normal(size=(100, 5)).astype(np.float16)
    array[42, 3] = np.inf
    np.savez(folder / "x.npz", x=array, y=np.arange(100) % 3)


@defect("nan", "x.pt", "torch")
def nan_in_tensors(folder: Path) -> None:
    import torch

    tensor = torch.randn(50, 4, dtype=torch.bfloat16)
    tensor[7, 1] = float("nan")
    torch.save({"train": [tensor]}, folder / "x.pt")


@defect("inf", "x.h5", "h5py")
def infinity_in_hdf5(folder: Path) -> None:
    _hdf5(folder / "x.h5", bad=float("inf"))


@defect("nan", "x.parquet", "pyarrow")
def nan_in_parquet(folder: Path) -> None:
    _parquet(folder / "x.parquet", bad=float("nan"))


@defect("missing-values", "x.csv")
def empty_cells(folder: Path) -> None:
    rows = table()
    rows[30][1] = rows[31][1] = ""
    write_table(folder / "x.csv", rows)


@defect("mixed-types", "x.csv")
def word_among_numbers(folder: Path) -> None:
    rows = table()
    rows[30][1] = "?"
    write_table(folder / "x.csv", rows)


@defect("constant-column", "x.csv")
def constant_column(folder: Path) -> None:
    rows = table()
    for row in rows[1:]:
        row[1] = 7
    write_table(folder / "x.csv", rows)


@defect("constant-column", "x.npy")
def constant_column_of_an_array(folder: Path) -> None:
    array = random().normal(size=(100, 5))
    array[:, 2] = 1
    np.save(folder / "x.npy", array)


@defect("label-range", "train-labels-idx1-ubyte.gz")
def label_of_255(folder: Path) -> None:
    labels = np.arange(60) % 10
    labels[5] = 255
    digits(folder, labels)


@defect("label-range", "x.csv")
def labels_from_1(folder: Path) -> None:
    rows = table()
    for row in rows[1:]:
        row[3] += 1
    write_table(folder / "x.csv", rows)


@defect("label-range", "data_batch_1")
def negative_label(folder: Path) -> None:
    data = pickle.dumps(batch(0, [0, 1, 2, 1, 0, -1]))
    (folder / "data_batch_1").write_bytes(data)


@defect("length-mismatch", "x.npz")
def fewer_labels_than_items(folder: Path) -> None:
    np.savez(folder / "x.npz", x=random().normal(size=(100, 5)), y=np.arange(99) % 3)


# What stands out


@defect("odd-size", "3.png", "PIL")
def picture_of_another_size(folder: Path) -> None:
    for n in range(12):
        (folder / f"{n}.png").write_bytes(packed(picture(n, 80 if n == 3 else 40), "PNG"))


@defect("odd-mode", "3.png", "PIL")
def gray_picture_among_coloured(folder: Path) -> None:
    for n in range(12):
        image = picture(n, mode="L" if n == 3 else "RGB")
        (folder / f"{n}.png").write_bytes(packed(image, "PNG"))


@defect("odd-shape", "3.npy")
def array_of_another_type(folder: Path) -> None:
    for n in range(12):
        array = random(n).normal(size=(10, 4))
        np.save(folder / f"{n}.npy", array if n == 3 else array.astype(np.float32))


@defect("odd-columns", "3.csv")
def table_of_other_columns(folder: Path) -> None:
    for n in range(12):
        rows = table(seed=n)
        rows[0][1] = "depth" if n == 3 else "height"
        write_table(folder / f"{n}.csv", rows)


# Duplicates


@defect("duplicate", "train/cat/0.jpg", "PIL")
def picture_twice(folder: Path) -> None:
    pictures(folder)
    (folder / "train/cat/copy.jpg").write_bytes((folder / "train/cat/0.jpg").read_bytes())


@defect("leak", "train/cat/0.jpg", "PIL")
def picture_in_two_splits(folder: Path) -> None:
    pictures(folder)
    (folder / "val/cat/0.jpg").write_bytes((folder / "train/cat/0.jpg").read_bytes())


@defect("two-labels", "train/cat/0.jpg", "PIL")
def picture_in_two_classes(folder: Path) -> None:
    pictures(folder)
    (folder / "train/dog/0.jpg").write_bytes((folder / "train/cat/0.jpg").read_bytes())


@defect("near-duplicate", "train/cat/0.jpg", "PIL")
def picture_compressed_again(folder: Path) -> None:
    pictures(folder)
    (folder / "train/cat/copy.jpg").write_bytes(packed(picture(0), quality=50))


@defect("near-leak", "train/cat/0.jpg", "PIL")
def blurred_picture_in_two_splits(folder: Path) -> None:
    pictures(folder)
    image = picture(0).resize((25, 25)).resize((40, 40))
    (folder / "val/cat/0.jpg").write_bytes(packed(image))


@defect("leak", "t10k-images-idx3-ubyte")
def digits_in_two_splits(folder: Path) -> None:
    digits(folder)
    own = random(1).integers(0, 256, (20, 8, 8))
    own[3:5] = random(0).integers(0, 256, (60, 8, 8))[10:12]
    (folder / "t10k-images-idx3-ubyte").write_bytes(idx(own))


@defect("leak", "val-0.tar", "PIL")
def sample_in_two_splits(folder: Path) -> None:
    train, val = samples(10), samples(20)
    for key in list(train)[:9]:
        del val[key]
    (folder / "train-0.tar").write_bytes(shard(train))
    (folder / "val-0.tar").write_bytes(shard(val))


@defect("row-leak", "test.csv")
def rows_in_two_splits(folder: Path) -> None:
    train, test = table(seed=1), table(seed=2)
    test[4:9] = train[4:9]
    write_table(folder / "train.csv", train)
    write_table(folder / "test.csv", test)


@defect("leak", "train.npy")
def large_file_in_two_splits(folder: Path) -> None:
    array = random().normal(size=300_000)
    np.save(folder / "train.npy", array)
    np.save(folder / "test.npy", array)
    array[:1000] = 0  # the same size, and the same at the places that are compared first
    np.save(folder / "val.npy", array[::-1])


# Splits and classes


@defect("missing-class", "val", "PIL")
def class_that_one_split_lacks(folder: Path) -> None:
    pictures(folder)
    for split in ("train", "val"):
        (folder / split / "owl").mkdir()
    for n in range(3):
        (folder / "train/owl" / f"{n}.jpg").write_bytes(packed(picture(500 + n)))
    (folder / "val/owl").rmdir()


@defect("one-file-class", "train/owl/0.jpg", "PIL")
def class_of_one_file(folder: Path) -> None:
    pictures(folder)
    for number, split in enumerate(("train", "val")):
        (folder / split / "owl").mkdir()
        for n in range(1 + number):
            image = packed(picture(500 + n + 10 * number))
            (folder / split / "owl" / f"{n}.jpg").write_bytes(image)


@defect("empty-class", "train/owl", "PIL")
def class_without_files(folder: Path) -> None:
    pictures(folder)
    (folder / "train/owl").mkdir()


@defect("hidden-class", "train/.ipynb_checkpoints", "PIL")
def hidden_folder_among_classes(folder: Path) -> None:
    pictures(folder)
    (folder / "train/.ipynb_checkpoints").mkdir()


@defect("missing-class", "test.csv")
def label_that_training_lacks(folder: Path) -> None:
    train, test = table(seed=1), table(seed=2)
    test[4][3] = 3
    write_table(folder / "train.csv", train)
    write_table(folder / "test.csv", test)


# Clean ones


@clean("PIL")
def picture_folders(folder: Path) -> None:
    pictures(folder, number=10)


@clean("PIL")
def pictures_of_all_formats(folder: Path) -> None:
    forms = ("JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP", "PPM")
    for n, form in enumerate(forms):
        image = picture(n, side=40 + n)
        (folder / f"{n}.{form.lower()}").write_bytes(packed(image, form))


@clean()
def tables(folder: Path) -> None:
    write_table(folder / "train.csv", table(seed=1))
    write_table(folder / "test.csv", table(seed=2))
    write_table(folder / "val.tsv", table(seed=3), "\t")
    quoted = 'name,text\nann,"one, two"\nbob,"a\nline ""more"""\n'
    (folder / "quoted.csv").write_text(quoted, encoding="utf-8-sig")
    (folder / "semicolons.csv").write_text("a;b\n1,5;2\n2,5;3\n3,5;4\n")


@clean()
def labels_in_the_name_of_the_folder_alone(folder: Path) -> None:
    (folder / "labels").mkdir()
    np.save(folder / "labels/x.npy", np.arange(1, 50))


@clean()
def json_lines(folder: Path) -> None:
    rows = [{"text": f"é{n}", "label": n % 3, "extra": None} for n in range(20)]
    (folder / "x.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "x.json").write_text(json.dumps(rows))
    wide = [{f"word{n}": n, f"word{2 * n}": 1} for n in range(1500)]
    (folder / "wide.jsonl").write_text("".join(json.dumps(row) + "\n" for row in wide))


@clean("pyarrow")
def parquet(folder: Path) -> None:
    _parquet(folder / "x.parquet")


@clean()
def arrays(folder: Path) -> None:
    np.save(folder / "x_train.npy", random(1).normal(size=(100, 3, 4)).astype(np.float32))
    np.save(folder / "x_test.npy", random(2).normal(size=(30, 3, 4)).astype(np.float32))
    np.save(folder / "y_train.npy", np.arange(100) % 5)
    np.save(folder / "fortran.npy", np.asfortranarray(random(3).normal(size=(50, 3))))
    np.save(folder / "scalar.npy", np.float64(3))
    np.save(folder / "names.npy", np.array(["ann", "bob"]))
    np.save(folder / "waves.npy", random(4).normal(size=20) + 1j)
    np.savez(folder / "all.npz", x=random(5).normal(size=(100, 3)), y=np.arange(100) % 2)
    np.savez_compressed(folder / "packed.npz", x=random(6).normal(size=(100, 3)))


@clean("torch")
def tensors(folder: Path) -> None:
    import torch

    torch.manual_seed(0)
    torch.save(torch.randn(10, 3), folder / "x.pt")
    torch.save({"x": [torch.randn(10, 3).bfloat16()], "n": 3}, folder / "more.pth")
    torch.save(torch.randn(5), folder / "old.pt", _use_new_zipfile_serialization=False)


@clean("h5py")
def hdf5(folder: Path) -> None:
    _hdf5(folder / "x.h5")


@clean()
def mnist(folder: Path) -> None:
    digits(folder)


@clean()
def cifar(folder: Path) -> None:
    (folder / "data_batch_1").write_bytes(pickle.dumps(batch(0, [0, 1, 2, 1]), protocol=2))
    (folder / "data_batch_2").write_bytes(pickle.dumps(batch(1, [0, 1, 2, 1])))
    (folder / "test_batch").write_bytes(pickle.dumps(batch(2, [0, 1, 2, 1])))
    (folder / "batches.meta").write_bytes(pickle.dumps({"label_names": ["a", "b", "c"]}))


@clean("PIL")
def webdataset(folder: Path) -> None:
    (folder / "train-0000.tar").write_bytes(shard(samples()))
    text = b'{\n "id": 1\n}'
    more = {f"m{n}": {"png": packed(picture(50 + n), "PNG"), "json": text} for n in range(3)}
    (folder / "val-0000.tar.gz").write_bytes(gzip.compress(shard(more)))


@clean()
def texts(folder: Path) -> None:
    (folder / "a.txt").write_text("grüße\n" * 10)
    (folder / "b.md").write_text("# none\n")
    (folder / "page.html").write_text("<html>text</html>")


@clean("PIL")
def pictures_and_masks(folder: Path) -> None:
    for n in range(10):
        for part, mode in (("images", "RGB"), ("masks", "RGB")):
            (folder / part).mkdir(exist_ok=True)
            image = picture(n if part == "images" else 100 + n, mode=mode)
            (folder / part / f"{n}.png").write_bytes(packed(image, "PNG"))


def _hdf5(path: Path, bad: float = 0.0) -> None:
    import h5py

    values = random().normal(size=(100, 4))
    values[20, 2] = bad
    with h5py.File(path, "w") as file:
        file["train/x"] = values
        file["train/y"] = np.arange(100) % 3
        file.create_dataset("test/x", data=random(1).normal(size=(30, 4)), compression="gzip")
        file["names"] = "one"
        file["big"] = random(2).normal(size=(30, 20)).astype(">f4")


def _parquet(path: Path, bad: float = 0.0) -> None:
    import pyarrow
    import pyarrow.parquet

    values = random().normal(size=100)
    values[20] = bad
    columns = {"x": values, "label": np.arange(100) % 3, "name": [str(n) for n in range(100)]}
    pyarrow.parquet.write_table(pyarrow.table(columns), path)


def every() -> Iterator[Case]:
    yield from DEFECTS
    yield from CLEAN
