"""Objects of frameworks that refuse to be pickled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midrun.state.instances import reduce_raw

if TYPE_CHECKING:
    from midrun.state.registry import Registry

# Instances of Python classes that hold nothing but what can be saved.
_PLAIN = (
    "absl.flags._flag.Flag",
    "absl.flags._flagvalues.FlagValues",
)


def add(registry: Registry) -> None:
    for name in _PLAIN:
        registry.register(name, reduce_raw)
