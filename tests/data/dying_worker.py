"""A worker that dies of files with a certain word in them, as of a fault in a decoder."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from midrun.data import worker


def serve(fd: int) -> None:
    look_at = worker.look_at

    def look(path: str):
        if Path(path).read_text() == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        return look_at(path)

    worker.look_at = look
    worker.serve(fd)
