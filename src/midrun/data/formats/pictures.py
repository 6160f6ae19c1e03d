"""Pictures, decoded to the last pixel with Pillow: a look at the header misses truncated ones."""

from __future__ import annotations

from typing import Any

from midrun.data.libraries import need
from midrun.data.source import DefectError, Source

THUMB = 9  # pixels on each side of what is compared


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
        if "truncated" in str(error):
            text = f"ends before the last pixel of {size[0]} x {size[1]}"
            raise DefectError("truncated", text, str(error)) from None
        raise
    looked = source.looked
    looked.items = 1
    looked.traits = (image.mode, *size)
    looked.thumb = _thumb(images, image)


def _thumb(images: Any, image: Any) -> bytes:
    """The picture in gray, with a side of THUMB pixels."""
    width, height = image.size
    if image.mode not in ("RGB", "L", "RGBA"):
        image = image.convert("L")
    small = image.reduce((max(1, width // THUMB), max(1, height // THUMB)))
    small = small.convert("L").resize((THUMB, THUMB), images.Resampling.BOX)
    found: bytes = small.tobytes()
    return found
