"""Files as they were at one time."""

from __future__ import annotations

from pathlib import Path

from midrun.rehearse.keeping import Kept


def test_files_become_what_they_were(tmp_path: Path) -> None:
    last, best, new = (str(tmp_path / name) for name in ("last.pt", "best.pt", "new.pt"))
    Path(last).write_text("1")
    Path(best).write_text("1")
    kept = Kept([last, best])
    Path(last).write_text("2")
    Path(best).unlink()
    Path(new).write_text("2")
    kept.put_back([last, new])
    assert (Path(last).read_text(), Path(best).read_text()) == ("1", "1")
    assert not Path(new).exists()
