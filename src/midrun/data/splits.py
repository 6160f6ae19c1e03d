"""Splits and classes, told from names: torchvision's `split/class/file`, `train.csv`,
`t10k-images-idx3-ubyte`, `data_batch_1`, shards such as `val-0001.tar`."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from midrun.data.finding import Finding, printable
from midrun.data.kinds import PICTURES
from midrun.data.source import Looked

_SPLITS = {
    "train": "train", "training": "train", "trn": "train", "data_batch": "train",
    "val": "val", "valid": "val", "validation": "val", "dev": "val", "eval": "val",
    "test": "test", "testing": "test", "tst": "test", "t10k": "test", "test_batch": "test",
}  # fmt: skip
_WORD = re.compile(rf"(?<![a-z])({'|'.join(sorted(_SPLITS, key=len, reverse=True))})(?![a-z])")
# Folders of the parts of samples, which are no classes.
_PARTS = frozenset({
    "images", "image", "img", "imgs", "masks", "mask", "labels", "label", "annotations", "targets",
    "gt", "depth", "frames", "data", "raw", "input", "inputs", "output", "outputs",
})  # fmt: skip
_FEW = 2  # files that a class should have at least
_FEW_SHOWN = 5


@dataclass(frozen=True)
class Place:
    """Where a file belongs: "" for no split, "" for no class. `folder` is that of the split."""

    split: str
    label: str
    folder: str


@dataclass
class Layout:
    """The places of all files, by the path that was given, and each folder's once."""

    _folders: dict[tuple[str, str], Place] = field(default_factory=dict)

    def place(self, root: str, path: str) -> Place:
        """Where a file below `root`, a path that was given, belongs."""
        folder, _, name = path.rpartition(os.sep)  # faster than os.path.split
        found = self._folders.get((root, folder))
        if found is None:
            found = self._folders[root, folder] = _place(root, folder)
        if not found.split and (split := split_of_name(name)):
            return Place(split, "", found.folder)
        return found


def split_of_name(name: str) -> str:
    """The split that a file's or a folder's name speaks of, "" for none."""
    found = _WORD.search(name.lower())
    return _SPLITS[found.group()] if found else ""


def _place(root: str, folder: str) -> Place:
    """The first folder that is named as a split, from the given one on; the next one is the class,
    or the first below the given one, if there are no splits."""
    if os.path.isfile(root):
        root = os.path.dirname(root)
    relative = os.path.relpath(folder or ".", root or ".")
    parts = [] if relative == "." else relative.split(os.sep)
    names = [os.path.basename(os.path.abspath(root)), *parts]
    for at, name in enumerate(names):
        if split := _SPLITS.get(name.lower(), ""):
            below = names[at + 1 :]
            above = os.path.join(root, *parts[:at])
            return Place(split, below[0] if below else "", above)
    return Place("", parts[0] if parts else "", root)


def classes(files: list[tuple[Place, Looked]]) -> dict[str, dict[str, list[str]]]:
    """For each split, the files of each class, where folders are classes: every picture lies in
    one, there are two or more, and not one for each sample."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for place, looked in files:
        if looked.format in PICTURES:
            if not place.label or place.label.lower() in _PARTS:
                return {}
            found[place.split][place.label].append(looked.path)
    counts = sorted(len(paths) for by_class in found.values() for paths in by_class.values())
    labels = {label for by_class in found.values() for label in by_class}
    if len(labels) < 2 or counts[len(counts) // 2] < _FEW:
        return {}
    return {split: dict(by_class) for split, by_class in found.items()}


def check_classes(
    found: dict[str, dict[str, list[str]]], folders: dict[str, list[str]]
) -> Iterator[Finding]:
    """Classes that a split lacks, of one file, or of none. `folders` holds the names in each."""
    for by_class in found.values():
        for label, paths in by_class.items():
            if len(paths) < _FEW:
                yield Finding("one-file-class", paths[0], f"is all there is of {printable(label)}")
        above = {os.path.dirname(_class_folder(paths[0], label)): None
                 for label, paths in by_class.items()}  # fmt: skip
        for folder in above:
            yield from _no_files(folder, by_class, folders)
    # A test split without its labels lies in one folder, and is no split of classes.
    whole = {split: set(by_class) for split, by_class in found.items() if len(by_class) > 1}
    yield from _lacking(whole, found)


def _class_folder(path: str, label: str) -> str:
    folder = os.path.dirname(path)
    while os.path.basename(folder) != label and os.path.basename(folder):
        folder = os.path.dirname(folder)
    return folder


def _no_files(
    folder: str, by_class: dict[str, list[str]], folders: dict[str, list[str]]
) -> Iterator[Finding]:
    for name in folders.get(folder, ()):
        path = os.path.join(folder, name)
        if name.startswith(".") and os.path.isdir(path):
            yield Finding("hidden-class", path, "lies beside the folders of classes")
        elif path in folders and name not in by_class:
            yield Finding("empty-class", path, "has no picture")


def _lacking(
    labels: dict[str, set[str]], found: dict[str, dict[str, list[str]]]
) -> Iterator[Finding]:
    everywhere = set().union(*labels.values()) if labels else set()
    for split, there in labels.items():
        if lacking := sorted(everywhere - there):
            first = next(iter(found[split].values()))[0]
            some = ", ".join(map(printable, lacking[:_FEW_SHOWN]))
            more = f" and {len(lacking) - _FEW_SHOWN} more" if len(lacking) > _FEW_SHOWN else ""
            has = [other for other in labels if lacking[0] in labels[other]]
            folder = os.path.dirname(_class_folder(first, next(iter(found[split]))))
            text = f"{split or 'the data'} has no {some}{more}, which {' and '.join(has)} has"
            yield Finding("missing-class", folder, text)


def check_labels(files: list[tuple[Place, Looked]]) -> Iterator[Finding]:
    """Values of labels in files that one split has and the training split has not."""
    counts: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    first: dict[str, str] = {}
    for place, looked in files:
        if place.split and looked.labels:
            first.setdefault(place.split, looked.path)
            for value, count in looked.labels.items():
                counts[place.split][value] += count
    train = counts.get("train", {})
    for split, values in counts.items():
        unknown = sorted(set(values) - set(train))
        if train and split != "train" and unknown and len(train) <= 1000:
            some = ", ".join(map(str, unknown[:_FEW_SHOWN]))
            text = f"{split} has the label {some}, which train has not"
            yield Finding("missing-class", first[split], text)
