"""Libraries that formats need and that may not be installed: asked for when a file needs them."""

from __future__ import annotations

import functools
import importlib
import importlib.util
from typing import Any

# The module that is imported, and what pip calls it.
_PACKAGES = {"PIL": "pillow", "numpy": "numpy", "pyarrow": "pyarrow", "h5py": "h5py"}


class MissingError(Exception):
    """A library that a file needs is not installed; `library` is the module's name."""

    def __init__(self, library: str) -> None:
        super().__init__(library)
        self.library = library


@functools.cache
def need(module: str) -> Any:
    """The module of that name, such as "PIL.Image". Raises MissingError."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        library = module.partition(".")[0]
        if (error.name or "").partition(".")[0] != library:
            raise
        raise MissingError(library) from None


def has(module: str) -> bool:
    """Whether it is installed."""
    return importlib.util.find_spec(module) is not None


def command(library: str) -> str:
    """What to type to get it. torch has many builds, of which pip would take any."""
    if library == "torch":
        return "see https://pytorch.org/get-started"
    return f"pip install {_PACKAGES.get(library, library)}"
