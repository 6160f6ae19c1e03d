"""The names that a saved state calls while it is loaded.

A pickle can only name module-level functions; those here stand for methods of the `Loader` at work,
which finds them by their name. They are never called themselves.
"""

from __future__ import annotations

from typing import Any, NoReturn


def _only_in_a_loader(*args: Any) -> NoReturn:
    raise RuntimeError("a midrun state can only be loaded by midrun")


def function(*args: Any) -> NoReturn:
    """A function: (code, globals, name, closure)."""
    _only_in_a_loader(*args)


def source_code(*args: Any) -> NoReturn:
    """The code of a function of the program's own: (file, key)."""
    _only_in_a_loader(*args)


def generator(*args: Any) -> NoReturn:
    """A generator, still without its values: (state,)."""
    _only_in_a_loader(*args)


def fill_generator(*args: Any) -> NoReturn:
    """The values of a generator: (generator, values)."""
    _only_in_a_loader(*args)


def memory(*args: Any) -> NoReturn:
    """The bytes of a blob as a writable buffer: (key,)."""
    _only_in_a_loader(*args)


def device(*args: Any) -> NoReturn:
    """The torch device that takes the place of one: (its name,)."""
    _only_in_a_loader(*args)


def report(*args: Any) -> NoReturn:
    """Tells the user of something found while loading: (what, why)."""
    _only_in_a_loader(*args)


def keep(*args: Any) -> NoReturn:
    """Keeps what a file has beyond a length, which is about to be cut off: (path, length)."""
    _only_in_a_loader(*args)


def open_file(*args: Any) -> NoReturn:
    """An open file: ("text" or "binary", mode, what it was)."""
    _only_in_a_loader(*args)
