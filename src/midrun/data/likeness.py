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

SIDE = 9  # pixels on each side of what is hashed
_LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601
_STEP = 3  # gray levels; less is noise, so that flat pictures have no bits
_LEAST_BITS = 16  # pictures with fewer are too plain to be told apart
_NEAR = 8  # bits of 128
_BUCKET = 64  # pictures with one quarter of the hash in common that are compared
_CLOSE_SIDE = 32  # pixels for the closer look
_ALIKE = 0.03  # mean difference in brightness, of 1
_BLOCKS = 8  # a side, of which none may differ by more than this: a sign on a card is a small part
_ALIKE_BLOCK = 0.08


def hashes(shape: tuple[int, int, int], pixels: bytes) -> list[bytes]:
    """The hash, 16 bytes, of each of some small pictures of height, width and channels `shape`."""
    np = need("numpy")
    height, width, channels = shape
    small = np.frombuffer(pixels, np.uint8).reshape(-1, *shape)
    weights = np.array(_LUMA if channels == 3 else (1,), np.float32)
    gray = _box(np, height) @ (small @ weights) @ _box(np, width).T
    across = gray[:, :8, 1:] - gray[:, :8, :-1] > _STEP
    down = gray[:, 1:, :8] - gray[:, :-1, :8] > _STEP
    both = np.concatenate([across.reshape(-1, 64), down.reshape(-1, 64)], axis=1)
    packed = np.packbits(both, axis=1).tobytes()
    return [packed[at : at + 16] for at in range(0, len(packed), 16)]


def _box(np: Any, size: int) -> Any:
    """The matrix that takes `size` pixels to SIDE, each the mean of those that it covers."""
    edges = np.linspace(0, size, SIDE + 1)
    lows, highs = edges[:-1, None], edges[1:, None]
    pixels = np.arange(size)
    covered = np.clip(np.minimum(highs, pixels + 1) - np.maximum(lows, pixels), 0, 1)
    return (covered * SIDE / size).astype(np.float32)


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
    apart = np.abs(first - second)
    blocks = apart.reshape(_BLOCKS, -1, _BLOCKS, 3 * _CLOSE_SIDE // _BLOCKS).mean(axis=(1, 3))
    return bool(apart.mean() < _ALIKE and blocks.max() < _ALIKE_BLOCK)


def _small(np: Any, path: str) -> Any:
    images = need("PIL.Image")
    with open(path, "rb") as file:
        image = images.open(io.BytesIO(file.read()))
        small = image.convert("RGB").resize((_CLOSE_SIDE, _CLOSE_SIDE), images.Resampling.BOX)
        return np.asarray(small, np.float32) / 255


def _bits(np: Any, quarters: Any) -> Any:
    """The set bits of each row of four 32-bit words."""
    count = quarters - (quarters >> 1 & 0x55555555)
    count = (count & 0x33333333) + (count >> 2 & 0x33333333)
    count = (count + (count >> 4)) & 0x0F0F0F0F
    return (count * np.uint32(0x01010101) >> 24).sum(axis=1)
