"""Memory maps for reading, writing and copy-on-write; a view of a map; the file is part of the state."""

import numpy as np

target = np.memmap("data.bin", dtype="f4", mode="w+", shape=(100, 8))
source = np.lib.format.open_memmap("data.npy", mode="w+", dtype="i8", shape=(50,))
source[:] = np.arange(50)
source.flush()
private = np.load("data.npy", mmap_mode="c")
reader = np.load("data.npy", mmap_mode="r")
window = target[10:20, ::2]
for n in range(8):
    target[n] = n
    window += 1
    private[n] *= -1
    source[n] += 100
    target.flush()
    print(n, target.sum(), window.sum(), private[:9].tolist(), reader[:9].tolist())
    print(np.fromfile("data.bin", dtype="f4").sum(), window.base is not None, type(window).__name__, private.mode)
    try:
        reader[0] = 1
    except ValueError as error:
        print(error)
del target, window, source, private, reader  # the maps go with the program
