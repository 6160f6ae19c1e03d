"""What stands for an object that could not be saved."""

from __future__ import annotations

from typing import Any

from midrun.errors import MidrunError


class Missing:
    """Stands for an object that could not be saved; raises on first use."""

    def __init__(self, what: str, why: str) -> None:
        object.__setattr__(self, "_midrun", (what, why))

    def __reduce__(self) -> tuple[Any, ...]:
        return Missing, object.__getattribute__(self, "_midrun")

    def __repr__(self) -> str:
        return f"<{object.__getattribute__(self, '_midrun')[0]}: not in the savepoint>"


def _missing_use(self: Missing, *args: Any, **kwargs: Any) -> Any:
    what, why = object.__getattribute__(self, "_midrun")
    raise MidrunError(
        f"{what} could not be saved ({why}), so it is missing after the resume; make it anew "
        "in the code that goes on, or resume from a savepoint before it was made",
        slug="missing-object",
    )


_USES = """
    call getattribute setattr delattr iter next len bool getitem setitem delitem contains enter exit
    eq lt gt le ge add sub mul truediv int float str index
"""
for _name in _USES.split():
    setattr(Missing, f"__{_name}__", _missing_use)
