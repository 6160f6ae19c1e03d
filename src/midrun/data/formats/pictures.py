"""Pictures, decoded to the last pixel with Pillow: a look at the header misses truncated ones."""

from __future__ import annotations

from typing import Any

from midrun.data.libraries import need
from midrun.data.likeness import SIDE
from midrun.data.source import DefectError, Source


def read(source: Source) -> None:
    """Decode the first frame, which is what a training reads."""
    images = need("PIL.Image")
    size = (0, 0)
    try:
        image = images.open(source.file)
        size = image.size
        image.load()
    except images.DecompressionBombError:
        limit = 2 * images.MAX_IMAGE_PIXELS
        raise DefectError("bomb", f"more than the {limit} pixels that Pillow takes") from None
    except images.UnidentifiedImageError:
        raise DefectError("unreadable", "no picture that Pillow knows") from None
    except OSError as error:
        if "truncated" in str(error).lower():
            text = f"ends before the last pixel of {size[0]} x {size[1]}"
            raise DefectError("truncated", text, str(error)) from None
        raise
    looked = source.looked
    looked.items = 1
    looked.traits = (image.mode, *size)
    looked.thumb = _thumb(image)


def _thumb(image: Any) -> tuple[int, int, bytes] | None:
    """Width and height of the picture made small, and its pixels; None if it is smaller."""
    width, height = image.size
    if width < SIDE or height < SIDE:
        return None
    if image.mode not in ("RGB", "L"):
        image = image.convert("RGB")
    small = image.reduce((width // SIDE, height // SIDE))
    return (*small.size, small.tobytes())
