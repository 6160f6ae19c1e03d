"""An interactive shell with the names of a frame, and `%midrun` in it."""

from __future__ import annotations

import code
import importlib
import re
from typing import Any

from midrun.past.keeping import Keeping

_HINT = "%midrun keep NAME keeps what you change as a savepoint"
_MODULES = ("__builtin__", "__builtins__")
_OF_IPYTHON = re.compile(r"_+|_\d+|_i+|_i\d+|_exit_code")  # its history of inputs and outputs


def open_shell(keeping: Keeping) -> None:
    """IPython if there is one, else Python's own. It has copies of the frame's names: what is
    assigned does not reach the program before it is kept, what is changed inside objects does."""
    try:
        embed: Any = importlib.import_module("IPython.terminal.embed")
    except ImportError:
        _Console(keeping).interact(banner=_HINT, exitmsg="")
        return
    config = embed.load_default_config()
    names = dict(keeping.names)
    shell = embed.InteractiveShellEmbed(config=config, user_ns=names, banner1=_HINT + "\n")
    shell.default_user_namespaces = False

    def midrun(line: str) -> None:
        hidden: dict[str, Any] = shell.user_ns_hidden
        now = {
            name: value
            for name, value in shell.user_ns.items()
            if not _OF_IPYTHON.fullmatch(name)
            and hidden.get(name, hidden) is not value
            and name not in _MODULES
        }
        print(keeping.command(line, now))

    shell.register_magic_function(midrun, "line", "midrun")
    shell()


class _Console(code.InteractiveConsole):
    """Python's own shell, with the one command of IPython's kind."""

    def __init__(self, keeping: Keeping) -> None:
        super().__init__(dict(keeping.names))
        self._keeping = keeping

    def runsource(self, source: str, filename: str = "<input>", symbol: str = "single") -> bool:
        word, _, line = source.strip().partition(" ")
        if word == "%midrun":
            self.write(self._keeping.command(line, self.locals) + "\n")
            return False
        return super().runsource(source, filename, symbol)
