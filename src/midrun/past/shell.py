"""An interactive shell with the names of a frame."""

from __future__ import annotations

import code
import types


def open_shell(frame: types.FrameType) -> None:
    """IPython if there is one, else Python's own. It has copies of the frame's names: what is
    assigned does not reach the program, what is changed inside objects does."""
    names = {**frame.f_globals, **frame.f_locals}
    try:
        from IPython import start_ipython
    except ImportError:
        code.interact(banner="", local=names, exitmsg="")
        return
    start_ipython(argv=["--no-banner"], user_ns=names)
