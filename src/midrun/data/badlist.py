"""The list of bad files, for a script that leaves them out."""

from __future__ import annotations

import os

from midrun.data.finding import Report, printable
from midrun.errors import MidrunError


def refuse_to_replace(path: str) -> None:
    """Raise MidrunError ("bad-list") if there is something at `path`, or no folder for it."""
    if os.path.lexists(path):
        text = f"{printable(path)} is there already; name another file with --bad, or remove it"
        raise MidrunError(text, slug="bad-list")
    folder = os.path.dirname(path)
    if folder and not os.path.isdir(folder):
        text = f"there is no folder {printable(folder)} for {printable(path)} of --bad"
        raise MidrunError(text, slug="bad-list")


def write(path: str, report: Report) -> str:
    """Write the bad files of `report` into a new file, an absolute path a line, in the bytes of
    their names; of a Dataset, the numbers of the bad items. Returns a sentence about it. Raises
    MidrunError ("bad-list")."""
    bad = report.bad_items or [os.path.abspath(name) for name in report.bad_files()]
    listed = [name for name in bad if "\n" not in name]
    try:
        with open(path, "xb") as file:
            file.writelines(os.fsencode(name) + b"\n" for name in listed)
    except OSError as error:
        text = f"{printable(path)} of --bad can't be written: {error.strerror}"
        raise MidrunError(text, slug="bad-list") from None
    kind = "item" if report.bad_items else "file"
    plural = " is" if len(listed) == 1 else "s are"
    text = f"{len(listed)} bad {kind}{plural} listed in {printable(path)}"
    if len(listed) < len(bad):
        text += f"; {len(bad) - len(listed)} with a line break in their names could not be"
    return text
