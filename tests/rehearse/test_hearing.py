"""What Python tells of files, passed on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import os
from midrun.rehearse.hearing import hear
first, second = [], []
hear({"open": first.append}, {"open": second.append, "os.listdir": second.append})
open(os.devnull).close()
os.listdir(".")
print([args[0] for args in first], [args[0] for args in second])
"""


def test_each_listener_hears_what_it_names(tmp_path: Path) -> None:
    # A hook stays for good, so that it is tried in a process of its own.
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["['/dev/null']", "['/dev/null',", "'.']"]
