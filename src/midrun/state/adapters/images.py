"""Pillow's images that are still tied to their file: opened again, at the same frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from midrun.state.adapters.ondisk import on_disk
from midrun.state.missing import Missing

if TYPE_CHECKING:
    from midrun.state.pickling import Saver
    from midrun.state.registry import Registry


def add(registry: Registry) -> None:
    registry.register("PIL.ImageFile.ImageFile", _image)


def _image(obj: Any, saver: Saver) -> Any:
    """One that has been loaded, and has no more frames, is no longer tied to a file: it is pickled
    with its pixels."""
    stream = obj.fp or getattr(obj, "_fp", None)
    if stream is None or getattr(stream, "closed", False):
        return NotImplemented
    try:
        source = on_disk(obj.filename, saver, written=False) if obj.filename else stream
    except OSError:  # the file is gone, but still open: it can be read now, and not later
        return NotImplemented
    frame = obj.tell()
    loaded = not obj.tile and obj._im is not None
    pixels = (obj.mode, obj.size, obj.tobytes()) if loaded else None
    made = (source, obj.filename, (obj.format,), frame, pixels)
    return _open, made, {"info": obj.info}, None, None, _fill


def _open(
    source: Any,
    name: str,
    formats: tuple[str],
    frame: int,
    pixels: tuple[str, tuple[int, int], bytes] | None,
) -> Any:
    from PIL import Image

    if type(source) is Missing:
        return source
    image = Image.open(source, formats=formats)
    image.filename = name
    image.seek(frame)
    if pixels is not None:
        image.load()
        mode, size, data = pixels
        if (image.mode, image.size) == (mode, size) and image.tobytes() != data:
            image.frombytes(data)  # the program has changed it
    return image


def _fill(image: Any, state: dict[str, Any]) -> None:
    if type(image) is not Missing:
        vars(image).update(state)
