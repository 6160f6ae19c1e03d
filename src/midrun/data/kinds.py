"""Which format a file has: by the ending of its name, and by its first bytes."""

from __future__ import annotations

import os
import re

HEAD = 512  # bytes that `sniff` needs

PICTURES = frozenset({"jpeg", "png", "gif", "bmp", "tiff", "webp", "ppm", "picture"})
TEXTS = frozenset({"csv", "tsv", "jsonl", "json", "text"})

_ENDINGS = {
    "jpg": "jpeg", "jpeg": "jpeg", "jpe": "jpeg", "png": "png", "gif": "gif", "bmp": "bmp",
    "tif": "tiff", "tiff": "tiff", "webp": "webp", "ppm": "ppm", "pgm": "ppm", "pnm": "ppm",
    "pbm": "ppm", "csv": "csv", "tsv": "tsv", "jsonl": "jsonl", "ndjson": "jsonl",
    "json": "json", "parquet": "parquet", "npy": "npy", "npz": "npz", "pt": "torch",
    "pth": "torch", "h5": "hdf5", "hdf5": "hdf5", "hdf": "hdf5", "pkl": "pickle",
    "pickle": "pickle", "tar": "tar", "tgz": "tar", "txt": "text", "md": "text",
    "html": "text", "xml": "text", "yaml": "text", "yml": "text",
}  # fmt: skip
_NO_DATA = frozenset({
    "py", "pyi", "pyc", "pyx", "typed", "so", "ipynb", "sh", "c", "h", "cpp", "hpp", "cu", "js",
    "ts", "toml", "cfg", "ini", "lock", "gitignore", "gitkeep", "gitattributes", "ds_store", "log",
})  # fmt: skip
_MAGIC = (
    (b"\xff\xd8\xff", "jpeg"), (b"\x89PNG\r\n\x1a\n", "png"), (b"GIF8", "gif"),
    (b"II*\0", "tiff"), (b"MM\0*", "tiff"), (b"\x93NUMPY", "npy"), (b"PK\x03\x04", "zip"),
    (b"\x89HDF\r\n\x1a\n", "hdf5"), (b"PAR1", "parquet"), (b"\x1f\x8b", "gzip"),
    (b"version https://git-lfs.github.com/spec", "lfs"), (b"%PDF-", "pdf"), (b"\x7fELF", "program"),
    (b"7z\xbc\xaf\x27\x1c", "7z"), (b"Rar!", "rar"), (b"BZh", "bzip2"), (b"\xfd7zXZ\0", "xz"),
)  # fmt: skip
_ALL_MAGIC = tuple(start for start, _ in _MAGIC)
_IDX = re.compile(r"idx\d+-ubyte(\.gz)?$")  # train-images-idx3-ubyte, also with a dot before idx
_HTML = re.compile(rb"\s*<(!doctype\s+html|html|head|\?xml[^>]*>\s*<html)\b", re.IGNORECASE)

WORDS = {
    "lfs": "a Git LFS pointer (git lfs pull fetches what it stands for)",
    "html": "a page of HTML, as servers send for an error",
    "zip": "a zip archive", "gzip": "gzip", "npy": "a NumPy array", "hdf5": "HDF5", "pdf": "PDF",
    "parquet": "Parquet", "program": "a program", "tar": "a tar archive", "pickle": "a pickle",
    "7z": "a 7z archive", "rar": "a rar archive", "bzip2": "bzip2", "xz": "xz",
}  # fmt: skip

# What the first bytes of a format may be called by `sniff`.
_STARTS = {
    "npz": {"zip"}, "torch": {"zip", "pickle", "tar"}, "tar": {"tar", "gzip", "bzip2", "xz"},
    "idx": {"idx", "gzip"}, "pickle": {"pickle"}, "npy": {"npy"}, "hdf5": {"hdf5"},
    "parquet": {"parquet"},
}  # fmt: skip


def may_be_data(name: str) -> bool:
    """Whether a file of no known format may be data all the same: it has an ending, and none of
    programs and their packages."""
    _, dot, ending = name[name.rfind(os.sep) + 1 :].rpartition(".")
    return bool(dot) and ending.lower() not in _NO_DATA


def by_name(name: str) -> str:
    """The format that a name promises, "" for none."""
    _, dot, ending = name.rpartition(".")
    if dot and (found := _ENDINGS.get(ending.lower())):
        return found
    base = name[name.rfind(os.sep) + 1 :].lower()
    if base.endswith((".tar.gz", ".tar.bz2", ".tar.xz")):
        return "tar"
    return "idx" if _IDX.search(base) else ""


def sniff(head: bytes) -> str:
    """What the first bytes say: a format, a key of `WORDS`, or "" if they say nothing."""
    if head.startswith(_ALL_MAGIC):
        return next(kind for start, kind in _MAGIC if head.startswith(start))
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0":
        return "bmp"
    if head[:1] == b"P" and head[1:2] in b"123456" and head[2:3].isspace():
        return "ppm"
    if head[257:262] == b"ustar":
        return "tar"
    if head[:1] == b"\x80" and head[1:2] in b"\2\3\4\5":
        return "pickle"
    if head[:2] == b"\0\0" and head[2:3] in b"\x08\x09\x0b\x0c\x0d\x0e" and 1 <= head[3] <= 8:
        return "idx"
    return "html" if _HTML.match(head) else ""


def judge(name: str, head: bytes) -> tuple[str, str, str]:
    """The format to read a file in ("" for none), and if its content is not what its name says,
    the rule of that and what it is."""
    promised, seen = by_name(name), sniff(head)
    if not promised:
        known = seen in _STARTS or seen in PICTURES
        return (seen if known else ""), "", ""
    if promised in PICTURES:
        if seen == promised or not seen:
            return promised, "", ""
        if seen in PICTURES:
            return seen, "misnamed", seen.upper()
        return "", "wrong-content", WORDS.get(seen, seen)
    if promised in TEXTS:
        binary = seen in WORDS and not (seen == "html" and promised == "text")
        if seen in PICTURES or binary:
            return "", "wrong-content", WORDS.get(seen, seen.upper())
        return promised, "", ""
    starts = _STARTS[promised]
    if not seen or seen in starts:
        return promised, "", ""
    if seen in _STARTS:
        return seen, "misnamed", WORDS.get(seen, seen)
    return "", "wrong-content", WORDS.get(seen, seen.upper())
