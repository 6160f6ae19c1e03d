"""Masked arrays: shared and hardened masks, fill values, structured masks, the `masked` singleton."""

import numpy as np
from numpy import ma

data = np.arange(8.0)
series = ma.masked_greater(data, 5, copy=False)
view = series[2:]
table = ma.array(np.arange(6).reshape(2, 3), mask=[[0, 1, 0], [0, 0, 1]], fill_value=-9)
hard = ma.array([1, 2, 3], mask=[1, 0, 0], hard_mask=True)
holes = ma.masked_all(3, dtype=[("a", int), ("b", float)])
for n in range(6):
    data[n] += 10
    series[n] = ma.masked if n % 2 else n
    view[0] = 5
    table += n
    hard[:] = n
    holes[n % 3] = (n, n / 2)
    print(n, series, series.sum(), view.count(), series[1] is ma.masked, data.sum())
    print(table.filled().tolist(), table.mean(), hard, hard.hardmask, holes.mask.tolist())
    print(series.fill_value, np.shares_memory(series.data, data), ma.is_masked(view))
    if n == 3:
        table[0, 1] = 100
        series.fill_value = -1
