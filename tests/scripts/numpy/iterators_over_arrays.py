"""Loops over arrays: rows are views, flat, ndenumerate, nditer under way, zip of two views, enumerate of batches."""

import numpy as np

grid = np.arange(12).reshape(3, 4)
flat = grid.flat
pairs = np.ndenumerate(grid)
for r, row in enumerate(grid):
    row += r
    print("row", r, row, row.base is grid.base, next(flat), next(pairs))
    for c, cell in enumerate(row):
        grid[r, c] = cell * 2
        if c % 2:
            continue
        print("cell", r, c, cell, row[c], grid.sum())
print(flat.index, next(flat), next(pairs)[1])


def batches(x, y, size, rng):
    order = rng.permutation(len(x))
    for start in range(0, len(x), size):
        chosen = order[start : start + size]
        yield x[chosen], y[chosen]


rng = np.random.default_rng(1)
x = rng.standard_normal((10, 3))
y = x @ np.array([1.0, -2.0, 0.5])
weights = np.zeros(3)
for epoch in range(3):
    for bx, by in batches(x, y, 4, rng):
        error = bx @ weights - by
        weights -= 0.1 * bx.T @ error / len(by)
        print(epoch, float((error**2).mean()), weights)
with np.nditer(grid, op_flags=["readwrite"]) as cells:
    for cell in cells:
        cell[...] = cell % 5
print(grid)
