"""Which pictures are taken for alike."""

from __future__ import annotations

import io

import folders
import numpy as np
import pytest

from midrun.data.likeness import hashes, near

pytest.importorskip("PIL")


def hash_of(image) -> bytes:
    from PIL import Image

    small = image.convert("L").resize((12, 10), Image.Resampling.BOX)
    return hashes((10, 12, 1), small.tobytes())[0]


def test_scaled_and_compressed_pictures_are_near():
    from PIL import Image

    image = folders.picture(1, side=120)
    worse = Image.open(io.BytesIO(folders.packed(image, quality=30)))
    others = [folders.picture(seed, side=120) for seed in range(2, 40)]
    found = [hash_of(one) for one in (image, image.resize((50, 50)), worse, *others)]
    assert set(near(found)) == {(0, 1), (0, 2), (1, 2)}


def test_plain_pictures_are_not_compared():
    flat = np.full((10, 12, 1), 200, np.uint8)
    flat[3, 3] = 190
    found = hashes((10, 12, 1), flat.tobytes()) * 5
    assert list(near(found)) == []


def test_near_hashes_are_those_that_all_pairs_would_give():
    random = folders.random(3)
    base = random.integers(0, 256, (60, 16), dtype=np.uint8)
    changed = base.copy()
    changed[:, 5] ^= 0b101  # two bits, in one quarter
    found = [row.tobytes() for row in np.concatenate([base, changed])]
    assert set(near(found)) == {(n, n + 60) for n in range(60)}
