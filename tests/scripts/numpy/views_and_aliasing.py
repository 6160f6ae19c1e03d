"""Views, transposes, negative strides, broadcast and read-only views over one array, written through each other."""

import numpy as np

base = np.arange(24.0)
grid = base.reshape(4, 6)
column, turned, backwards, every_third = grid[:, 2], grid.T, base[::-1], base[1::3]
wide = np.broadcast_to(base[:1], (3, 2))
windows = np.lib.stride_tricks.sliding_window_view(base, 4)
frozen = base[:5].view()
frozen.flags.writeable = False
as_ints = base.view(np.int64)
fortran = np.asfortranarray(grid)
scalar = base[3:4].reshape(())
for n in range(6):
    column += 1
    backwards[n] *= 2
    every_third[n] = -n
    scalar[...] += 0.5
    fortran[n % 4] += n
    print(n, base.sum(), grid[1, 2], turned[2, 1], wide.tolist(), windows[3].tolist())
    print(frozen.tolist(), as_ints[1] != 0, scalar.item(), fortran.flags.f_contiguous, fortran.sum())
    print(column.base is base, np.shares_memory(backwards, turned), np.shares_memory(fortran, base), column.strides)
    try:
        frozen[0] = 1
    except ValueError as error:
        print(error)
