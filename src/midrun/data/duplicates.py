"""The same data twice: files that are equal, equal rows in two splits, pictures that look alike."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations

from midrun.data.finding import Finding, printable
from midrun.data.kinds import may_be_data
from midrun.data.likeness import near
from midrun.data.source import Looked
from midrun.data.splits import Place

Files = list[tuple[Place, Looked]]
# The digests of whole files; whether pairs of pictures look alike.
Digests = Callable[[list[str]], dict[str, bytes]]
Alike = Callable[[list[tuple[str, str]]], Iterable[tuple[str, str]]]

MOST_ROWS = 10_000_000  # that are compared: 160 MB
MOST_PAIRS = 5_000  # of pictures that are looked at closely
_SHARE = 0.001  # of the rows of a table in two splits, by chance


def equal(files: Files, classes: bool, digests: Digests) -> Iterator[Finding]:
    """Files with the same bytes; `classes` says whether folders are classes. Large ones of which
    only samples are known are read whole."""
    counts = Counter(looked.digest for _, looked in files)
    groups: dict[tuple[int, bytes], list[tuple[Place, Looked]]] = defaultdict(list)
    for place, looked in files:
        if counts[looked.digest] > 1 and looked.digest and _counts(looked):
            groups[looked.size, looked.digest].append((place, looked))
    same = [group for group in groups.values() if len(group) > 1]
    whole = digests([looked.path for group in same for _, looked in group if looked.sampled])
    for group in same:
        by_digest: dict[bytes, list[tuple[Place, Looked]]] = defaultdict(list)
        for place, looked in group:
            by_digest[whole.get(looked.path, b"")].append((place, looked))
        for members in by_digest.values():
            if len(members) > 1:
                yield from _tell(members, classes)


def _counts(looked: Looked) -> bool:
    return bool(looked.format) or may_be_data(looked.path)


def _tell(members: list[tuple[Place, Looked]], classes: bool) -> Iterator[Finding]:
    """One finding for a group: the worst that is true of it."""
    members.sort(key=lambda member: (member[0].split != "train", member[1].path))
    splits = list(dict.fromkeys(place.split for place, _ in members if place.split))
    labels = list(dict.fromkeys(place.label for place, _ in members))
    first, *others = (looked.path for _, looked in members)
    rule, text = "duplicate", f"is {_names(others)}"
    if len(splits) > 1:
        rule, text = (
            "leak",
            f"of {splits[0] or 'no split'} is in {' and '.join(splits[1:])} as well",
        )
    elif classes and len(labels) > 1 and all(labels):
        rule, text = "two-labels", f"is in {' and '.join(map(printable, labels))}"
    yield Finding(rule, first, text, others=tuple(others))


def rows(files: Files, notes: list[str]) -> Iterator[Finding]:
    """Items of tables and arrays that are in two splits; needs NumPy."""
    by_split: dict[str, list[Looked]] = defaultdict(list)
    for place, looked in files:
        if looked.rows and place.split:
            by_split[place.split].append(looked)
    if len(by_split) < 2:
        return
    total = sum(len(looked.rows) // 8 for group in by_split.values() for looked in group)
    if total > MOST_ROWS:
        notes.append(f"rows of splits were not compared: {total} are more than {MOST_ROWS}")
        return
    from midrun.data.libraries import need

    np = need("numpy")
    hashes = {
        split: np.frombuffer(b"".join(looked.rows for looked in group), "<u8")
        for split, group in by_split.items()
    }
    for one, other in combinations(sorted(by_split, key=lambda s: s != "train"), 2):
        common = np.intersect1d(hashes[one], hashes[other])
        if not len(common):
            continue
        number = int(np.isin(hashes[other], common).sum())
        fault = by_split[other][0].format not in ("csv", "tsv", "jsonl")
        if not fault and number < max(1, _SHARE * len(hashes[other])):
            continue
        first = by_split[other][0].path
        at = int(np.isin(hashes[other], common).argmax())
        text = f"{number} of {len(hashes[other])} items of {other} are in {one} as well"
        others = tuple(looked.path for looked in by_split[one][:1])
        yield Finding("leak" if fault else "row-leak", first, text, f"item {at}", others=others)


def alike(files: Files, closer: Alike, notes: list[str]) -> Iterator[Finding]:
    """Pictures that are nearly the same, but not in their bytes; needs NumPy."""
    pictures: dict[bytes, tuple[Place, Looked]] = {}
    for place, looked in files:
        if looked.likeness:
            pictures.setdefault(looked.digest, (place, looked))  # equal files are told as such
    listed = list(pictures.values())
    pairs: dict[tuple[str, str], tuple[Place, Place]] = {}
    for one, other in near([looked.likeness for _, looked in listed]) if listed else ():
        (first, a), (second, b) = sorted(
            (listed[one], listed[other]), key=lambda m: (m[0].split != "train", m[1].path)
        )
        pairs[a.path, b.path] = first, second
        if len(pairs) >= MOST_PAIRS:
            notes.append(f"only {MOST_PAIRS} pairs of like pictures were looked at closely")
            break
    for pair in closer(list(pairs)):
        first, second = pairs[pair]
        rule = "near-duplicate"
        if first.split != second.split and first.split and second.split:
            rule = "near-leak"
        text = f"looks like {printable(pair[1])}"
        yield Finding(rule, pair[0], text, others=(pair[1],))


def _names(paths: list[str]) -> str:
    more = f" and {len(paths) - 2} more" if len(paths) > 2 else ""
    return f"the same as {', '.join(map(printable, paths[:2]))}{more}"
