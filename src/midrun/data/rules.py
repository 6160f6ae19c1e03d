"""The kinds of defects that midrun looks for in data.

Each has a code for good; `docs/data.md` has a section for each.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """A kind of defect.

    `severity` is "fault" where the training would fail or learn something wrong, "warning" where it
    may be meant so. `spoils` says that the file itself is of no use as it is, so that it belongs on
    the list of bad files. `mend` says what to do.
    """

    code: str
    name: str
    severity: str
    title: str
    mend: str
    spoils: bool = False


_FAULT, _WARNING = "fault", "warning"

_RULES = (
    # The file
    (200, "unreadable", _FAULT, "can't be read", "make it again or leave it out", True),
    (201, "truncated", _FAULT, "ends before its data does", "copy or download it again", True),
    (202, "empty", _FAULT, "has nothing in it", "make it again or leave it out", True),
    (203, "misnamed", _WARNING, "of another type than its name", "give it the ending of its type",
     False),
    (204, "wrong-content", _FAULT, "not the data that its name says",
     "download it again and look at what comes", True),
    (205, "no-permission", _FAULT, "may not be read by this user",
     "chmod it, or run as the user who owns it", True),
    (206, "vanished", _FAULT, "vanished while it was looked at",
     "see what removes files there while you train", True),
    (207, "special-file", _FAULT, "no file but a pipe, socket or device",
     "move it out of the data", True),
    (208, "bomb", _FAULT, "too large to be unpacked",
     "leave it out, or raise the reader's limit if it is meant so", True),
    (209, "foreign-pickle", _WARNING, "runs code when it is loaded",
     "load it only if you trust where it is from; save plain arrays instead", False),
    # Links
    (210, "dangling-link", _FAULT, "link to nothing", "mend or remove the link", True),
    (211, "link-loop", _FAULT, "link back to a folder that it lies in", "remove the link", False),
    (212, "link-outside", _WARNING, "link out of the data",
     "copy what it leads to, before the data moves to another machine", False),
    (213, "linked-twice", _WARNING, "the same file or folder under two paths",
     "remove one of them, else it counts twice", False),
    # Names and texts
    (214, "name-case", _WARNING, "names that differ in case or Unicode form only",
     "rename one: on macOS and Windows it replaces the other", False),
    (215, "name-encoding", _WARNING, "name that is not UTF-8 or can't be printed", "rename it",
     False),
    (216, "text-encoding", _FAULT, "text that is not UTF-8",
     "convert it (iconv -t UTF-8), or give its encoding where you open it", False),
    # Values
    (220, "bad-row", _FAULT, "row that can't be read", "mend or remove the row", False),
    (221, "nan", _FAULT, "NaN in the data", "drop or fill these values where you load them", True),
    (222, "inf", _FAULT, "infinity in the data", "find what divided by zero or overflowed", True),
    (223, "missing-values", _WARNING, "empty cells, which are read as NaN",
     "drop or fill them where you load the table", False),
    (224, "mixed-types", _FAULT, "words in a column of numbers",
     "make them empty, or name them as missing where you load the table", False),
    (225, "constant-column", _WARNING, "column or array with one value only",
     "leave it out: it teaches nothing, and dividing by its deviation gives NaN", False),
    (226, "label-range", _FAULT, "label out of range",
     "map the labels to 0 ... classes-1, or tell the loss which to ignore", False),
    (227, "length-mismatch", _FAULT, "parts of different lengths",
     "find which rows have no partner", False),
    (228, "missing-part", _FAULT, "sample that lacks a part", "write the sample again", False),
    (229, "item-error", _FAULT, "item of the Dataset that raises", "mend the line, or the item",
     False),
    # What stands out
    (230, "odd-size", _WARNING, "size that stands out", "look at it: midrun data FILE --show 0",
     False),
    (231, "odd-mode", _FAULT, "colours or channels that stand out",
     'convert when loading: image.convert("RGB")', False),
    (232, "odd-shape", _FAULT, "shape or type that stands out", "bring it to the common one",
     False),
    (233, "odd-columns", _FAULT, "columns that stand out",
     "bring all files of the folder to the same columns", False),
    # Duplicates
    (240, "duplicate", _WARNING, "the same data more than once",
     "keep one: the others only make it count more", False),
    (241, "leak", _FAULT, "the same data in two splits",
     "remove it from the training split, else the evaluation is too good", False),
    (242, "near-duplicate", _WARNING, "nearly the same picture more than once",
     "look at both, keep one", False),
    (243, "near-leak", _WARNING, "nearly the same picture in two splits",
     "look at both; keep what belongs together in one split", False),
    (244, "two-labels", _FAULT, "the same data in two classes", "find the right class", False),
    (245, "row-leak", _WARNING, "the same rows in two splits",
     "split by whole groups, or remove the rows from the training split", False),
    # Splits and classes
    (250, "missing-class", _FAULT, "class that one split lacks",
     "add it, or take the numbers of the classes from one list for all splits", False),
    (251, "one-file-class", _WARNING, "class of one file", "add files, or join classes", False),
    (252, "empty-class", _FAULT, "class without a file", "remove the folder, or fill it", False),
    (253, "hidden-class", _WARNING, "hidden folder among the classes",
     "remove it: ImageFolder takes it for a class", False),
)  # fmt: skip

RULES = {
    name: Rule(f"MR{number}", name, severity, title, mend, spoils)
    for number, name, severity, title, mend, spoils in _RULES
}
