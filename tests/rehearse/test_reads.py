"""What of the files that a program reads is its data."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from midrun.rehearse.reads import roots


def below(
    folder: Path, *, files: Collection[str] = (), folders: Collection[str] = (),
    written: Collection[str] = (),
) -> list[str]:  # fmt: skip
    """The data, of what is read below a folder with a script in it."""
    for name in (*files, *written):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    found = roots(
        [str(folder / name) for name in files],
        [str(folder / name) for name in folders],
        [str(folder / "train.py")],
        {str(folder / name) for name in written},
        {str(folder / "env")},
    )
    return [str(Path(path).relative_to(folder)) for path in found]


def test_a_folder_that_is_listed_stands_for_what_is_in_it(tmp_path: Path) -> None:
    files = ["data/train/a/1.png", "labels.csv"]
    folders = ["data/train", "data/train/a", "data"]
    assert below(tmp_path, files=files, folders=folders) == ["data", "labels.csv"]


def test_code_packages_and_hidden_folders_are_no_data(tmp_path: Path) -> None:
    files = ["train.py", "env/torch/version.txt", ".cache/weights.pt", "models/__init__.py"]
    assert below(tmp_path, files=files, folders=["", "env/torch", ".cache", "models"]) == []


def test_what_the_program_has_written_is_no_data(tmp_path: Path) -> None:
    read = ["runs/last.pt", "data.npy"]
    assert below(tmp_path, files=read, folders=["runs"], written=["runs/last.pt"]) == ["data.npy"]
