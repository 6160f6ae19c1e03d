"""Arrays over 1 MB, changed a little between points: too big to copy twice, too different to share."""

import numpy as np

rng = np.random.default_rng(0)
big = rng.standard_normal(300_000)
frozen = np.arange(400_000)
names = {"big": big, "slice": big[1000:200_000], "frozen": frozen}
history = []
for n in range(8):
    big[n * 1000 : n * 1000 + 10] = n
    names["slice"][5] += 1
    if n % 3 == 0:
        history.append(big[::50].copy())
    if n == 4:
        big *= 0.5
        names["fresh"] = np.full((512, 512), n, dtype=np.float32)
    if n == 6:
        frozen = frozen.copy()
        frozen[0] = -1
    digest = float(np.add.reduce(big[::7]))
    print(n, digest, names["slice"][5], np.shares_memory(big, names["slice"]), len(history))
    print(frozen[:3].tolist(), names["frozen"] is frozen, [h.sum() for h in history], "fresh" in names)
