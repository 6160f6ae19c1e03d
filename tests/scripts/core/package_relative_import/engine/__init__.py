"""The package's face."""

from .core import build, names
from .parts import Wheel as _Wheel

__all__ = ["build", "names"]
assert _Wheel.__name__ == "Wheel"
