"""Pictures that look alike: a hash of 128 bits of which few differ, then a closer look.

The hash is a difference hash (N. Krawetz, "Kind of Like That", 2013) of the gray picture of 9 x 9
pixels: whether each pixel is clearly lighter than the one to its left, and than the one above. It
stays the same when a picture is scaled, or compressed again.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from midrun.data.libraries import need

_STEP = 3  # gray levels; less is noise, so that flat pictures have no bits
_LEAST_BITS = 16  # pictures with fewer are too plain to be told apart
_NEAR = 8  # bits of 128
_BUCKET = 64  # pictures with one quarter of the hash in common that are compared
_SIDE = 32  # pixels for the closer look
_ALIKE = 0.03  # mean difference in brightness, of 1


def hashes(thumbs: list[bytes]) -> list[bytes]:
    """The hash of each picture of 9 x 9 gray pixels, 16 bytes."""
    np = need("numpy")
    gray = np.frombuffer(b"".join(thumbs), np.uint8).reshape(-1, 9, 9).astype(np.int16)
    across = gray[:, :8, 1:] - gray[:, :8, :-1] > _STEP
    down = gray[:, 1:, :8] - gray[:, :-1, :8] > _STEP
    both = np.concatenate([across.reshape(-1, 64), down.reshape(-1, 64)], axis=1)
    packed = np.packbits(both, axis=1).tobytes()
    return [packed[at : at + 16] for at in range(0, len(packed), 16)]


def near(found: list[bytes]) -> Iterator[tuple[int, int]]:
    """Pairs of numbers in `found` whose hashes differ in few bits, each once.

    Hashes are compared if one of their four quarters is the same, and at most 64 neighbours of
    each: so time grows with their number, not its square. Two that differ in each quarter are
    missed; by the pigeonhole principle, they differ in four bits at least.
    """
    np = need("numpy")
    words = np.frombuffer(b"".join(found), "<u8").reshape(-1, 2)
    quarters = words.view("<u4").reshape(-1, 4)
    bits = _bits(np, quarters)
    rich = np.flatnonzero(bits >= _LEAST_BITS)
    seen: set[tuple[int, int]] = set()
    for quarter in range(4):
        order = rich[np.argsort(quarters[rich, quarter], kind="stable")]
        key = quarters[order, quarter]
        for step in range(1, min(_BUCKET, len(order))):
            same = np.flatnonzero(key[step:] == key[:-step])
            if not len(same):
                break
            one, other = order[same], order[same + step]
            close = _bits(np, quarters[one] ^ quarters[other]) <= _NEAR
            pairs = zip(one[close].tolist(), other[close].tolist(), strict=True)
            fresh = {(min(pair), max(pair)) for pair in pairs} - seen
            seen |= fresh
            yield from sorted(fresh)


def alike(one: str, other: str) -> bool:
    """Whether two picture files look alike at a closer look, which the hash is no proof of."""
    np = need("numpy")
    try:
        first, second = (_small(np, path) for path in (one, other))
    except Exception:  # what Pillow says of a damaged file is told by the look at it
        return False
    return bool(np.abs(first - second).mean() < _ALIKE)


def _small(np: Any, path: str) -> Any:
    images = need("PIL.Image")
    with open(path, "rb") as file:
        image = images.open(io.BytesIO(file.read()))
        small = image.convert("RGB").resize((_SIDE, _SIDE), images.Resampling.BOX)
        return np.asarray(small, np.float32) / 255


def _bits(np: Any, quarters: Any) -> Any:
    """The set bits of each row of four 32-bit words."""
    count = quarters - (quarters >> 1 & 0x55555555)
    count = (count & 0x33333333) + (count >> 2 & 0x33333333)
    count = (count + (count >> 4)) & 0x0F0F0F0F
    return (count * np.uint32(0x01010101) >> 24).sum(axis=1)
