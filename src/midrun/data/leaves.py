"""What an item of a Dataset is made of: tensors, arrays, pictures, numbers, texts, in any nesting.

Runs in the process of the user's Dataset; torch, NumPy and Pillow are told by their objects.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from midrun.data.libraries import need

_MOST = 1000  # leaves of an item


@dataclass(frozen=True)
class Leaf:
    """One value of an item: its path in the item, such as `[0]`, what it is in words, the value,
    and the same as an array of numbers where it can be one."""

    name: str
    what: str
    value: Any
    array: Any = None

    @property
    def label(self) -> int | None:
        """The value, if it may be a label: one whole number."""
        if isinstance(self.value, int) and not isinstance(self.value, bool):
            return self.value
        if self.array is not None and self.array.shape == () and self.array.dtype.kind in "iu":
            return int(self.array)
        return None


@dataclass(frozen=True)
class Picture:
    """Pixels of three bytes, row by row; `note` says how values became colours."""

    width: int
    height: int
    rgb: bytes
    note: str = ""


@dataclass(frozen=True)
class Shown:
    """A leaf for people: what it is, its statistics or its text, and a picture if it is one."""

    name: str
    what: str
    facts: dict[str, float] = field(default_factory=dict)
    text: str = ""
    picture: Picture | None = None


def leaves(item: Any) -> list[Leaf]:
    """The leaves of an item, at most a thousand."""
    found = []
    for leaf in _leaves(item, ""):
        found.append(leaf)
        if len(found) == _MOST:
            break
    return found


def _leaves(value: Any, name: str) -> Iterator[Leaf]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, f"{name}[{key!r}]")
    elif isinstance(value, (list, tuple)):
        if len(value) > 20 and all(isinstance(one, (int, float)) for one in value):
            yield Leaf(name, f"list of {len(value)} numbers", value, need("numpy").array(value))
            return
        for number, inner in enumerate(value):
            yield from _leaves(inner, f"{name}[{number}]")
    else:
        yield _leaf(value, name)


def _leaf(value: Any, name: str) -> Leaf:
    library = type(value).__module__.partition(".")[0]
    if hasattr(value, "detach") and hasattr(value, "layout"):
        kind = str(value.dtype).removeprefix("torch.")
        what = f"tensor {kind} {tuple(value.shape)}"
        plain = value.detach().cpu()
        if kind == "bfloat16":
            plain = plain.float()
        try:
            return Leaf(name, what, value, plain.numpy())
        except (TypeError, RuntimeError):  # sparse, quantised, or a type that NumPy has not
            return Leaf(name, what, value)
    if library == "numpy" and hasattr(value, "dtype"):
        return Leaf(name, f"array {value.dtype} {value.shape}", value, need("numpy").asarray(value))
    if library == "PIL":
        what = f"picture {value.mode} {value.width} x {value.height}"
        return Leaf(name, what, value, need("numpy").asarray(value))
    if isinstance(value, float):
        return Leaf(name, "float", value, need("numpy").asarray(value))
    return Leaf(name, type(value).__name__, value)


def show(leaf: Leaf) -> Shown:
    """What people are shown of a leaf."""
    array = leaf.array
    if array is None or array.dtype.kind not in "iufcb" or not array.shape:
        return Shown(leaf.name, leaf.what, text=repr(leaf.value)[:200])
    return Shown(leaf.name, leaf.what, _facts(array), picture=_picture(array))


def _facts(array: Any) -> dict[str, float]:
    np = need("numpy")
    if not array.size or array.dtype.kind == "c":
        return {}
    wide = array.astype(np.float64).ravel()
    finite = wide[np.isfinite(wide)]
    facts: dict[str, float] = {}
    if finite.size:
        facts |= {"min": float(finite.min()), "max": float(finite.max())}
        facts |= {"mean": float(finite.mean()), "std": float(finite.std())}
        facts["zeros"] = float((finite == 0).mean())
    facts |= {"nan": int(np.isnan(wide).sum()), "inf": int(np.isinf(wide).sum())}
    return facts


def _picture(array: Any) -> Picture | None:
    """The array as a picture, if it has the shape of one: H x W, or with 1, 3 or 4 channels before
    or after these. Values of floats between 0 and 1 are taken as they are, others are stretched."""
    np = need("numpy")
    if array.ndim == 3 and array.shape[0] in (1, 3, 4) and min(array.shape[1:]) >= 4:
        array = array.transpose(1, 2, 0)
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3 or array.shape[2] not in (1, 3, 4) or min(array.shape[:2]) < 4:
        return None
    array = array[:, :, :3]
    note = ""
    if array.dtype != np.uint8:
        wide = np.nan_to_num(array.astype(np.float64), posinf=0.0, neginf=0.0)
        low, high = float(wide.min()), float(wide.max())
        if array.dtype.kind == "f" and low >= 0 and high <= 1:
            low, high = 0.0, 1.0
        elif array.dtype.kind != "b":
            note = f"values from {low:.4g} to {high:.4g} stretched to black and white"
        array = (255 * (wide - low) / ((high - low) or 1)).round().astype(np.uint8)
    height, width, channels = array.shape
    rgb = np.repeat(array, 3, axis=2) if channels == 1 else array
    return Picture(width, height, np.ascontiguousarray(rgb).tobytes(), note)
