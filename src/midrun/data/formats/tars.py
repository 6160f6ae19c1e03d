"""tar archives, as WebDataset has them: each member is looked into as if it were a file, and what
has one name up to the first dot is a sample, whose parts must all be there."""

from __future__ import annotations

import io
import tarfile
import zlib
from collections import Counter

import xxhash

from midrun.data import kinds, labels
from midrun.data.finding import printable
from midrun.data.source import DefectError, Looked, Source
from midrun.data.values import report_labels

_LARGEST = 256 << 20  # bytes of a member that are read into memory
_COMMON = 0.5  # of all samples have a part, or it is no part that is missing


def read(source: Source) -> None:
    """Read all members."""
    parts: dict[str, set[str]] = {}
    counts: Counter[int] = Counter()
    try:
        with tarfile.open(fileobj=source.file, mode="r:*") as archive:
            for member in archive:
                if member.isfile():
                    key, part = _sample(member.name)
                    data = _read_member(source, archive, member)
                    if part in parts.setdefault(key, set()):
                        text = f"{printable(key)} has two parts .{part}"
                        source.found("missing-part", text, printable(member.name))
                    parts[key].add(part)
                    if part == "cls" and data.strip().lstrip(b"-").isdigit():
                        counts[int(data)] += 1
            if not _has_end(archive):
                raise tarfile.ReadError("it has no end mark")
    except (tarfile.ReadError, EOFError) as error:
        if not parts:
            raise DefectError("unreadable", "is no tar archive", str(error)) from None
        text = f"is cut off after {len(parts)} samples"
        raise DefectError("truncated", text, str(error)) from None
    except (OSError, zlib.error) as error:
        raise DefectError("unreadable", f"its compression is damaged: {error}") from None
    if not parts:
        raise DefectError("empty", "has no files in it")
    source.looked.items = len(parts)
    if 2 <= len(counts) <= labels.MOST:
        source.looked.labels = dict(counts)
        report_labels(source, source.looked.labels, ".cls")
    _find_missing(source, parts)


def _has_end(archive: tarfile.TarFile) -> bool:
    """Whether the block of zeros that ends an archive is there: tarfile takes the end of the file
    for it, too (`TarFile.next` in Lib/tarfile.py)."""
    assert archive.fileobj is not None
    archive.fileobj.seek(archive.offset)
    return archive.fileobj.read(tarfile.BLOCKSIZE) == bytes(tarfile.BLOCKSIZE)


def _read_member(source: Source, archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    """Look into a member. Returns its first bytes."""
    from midrun.data.look import look_into

    name = printable(member.name)
    if not member.size:
        source.found("empty", "has nothing in it", name)
        return b""
    if member.size > _LARGEST:
        text = f"{member.size >> 20} MiB: only members up to 256 MiB are looked into"
        source.found("bomb", text, name)
        return b""
    file = archive.extractfile(member)
    assert file is not None  # it is a file
    data = file.read()
    if len(data) < member.size:
        raise tarfile.ReadError("unexpected end of data")
    form = kinds.by_name(name)
    if form in kinds.PICTURES:  # what is compared between splits
        source.looked.rows += xxhash.xxh3_64_digest(data)
    looked = Looked(source.path)
    inner = Source(source.path, name, len(data), io.BytesIO(data), looked, name)
    if form and form != "tar":
        look_into(inner, data[: kinds.HEAD])
        source.looked.findings += looked.findings
        source.looked.library = source.looked.library or looked.library
    return data[:32]


def _sample(name: str) -> tuple[str, str]:
    """WebDataset's key and part: the path up to the first dot of the last name, and the rest."""
    folder, slash, base = name.rpartition("/")
    key, _, part = base.partition(".")
    return folder + slash + key, part.lower()


def _find_missing(source: Source, parts: dict[str, set[str]]) -> None:
    everywhere = Counter(part for there in parts.values() for part in there)
    usual = {part for part, n in everywhere.items() if n > _COMMON * len(parts)}
    for key, there in parts.items():
        if lacking := sorted(usual - there):
            text = f"has no {' and no '.join('.' + part for part in lacking)}"
            source.found("missing-part", text, printable(key))
