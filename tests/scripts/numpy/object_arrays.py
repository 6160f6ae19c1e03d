"""Arrays of objects: shared, cyclic and ragged elements, an array that holds itself, functions and generators in cells."""

import numpy as np


class Cell:
    def __init__(self, n):
        self.n = n
        self.home = None

    def __add__(self, other):
        return Cell(self.n + (other.n if isinstance(other, Cell) else other))


def count(n):
    while True:
        yield n
        n += 1


shared = [0]
cells = np.empty((2, 3), dtype=object)
cells[0] = [Cell(1), shared, None]
cells[1] = [shared, {"k": shared}, count(5)]
cells[0, 0].home = cells
ring = np.empty(2, dtype=object)
ring[0], ring[1] = ring, "end"
rows = np.array([[1], [2, 3], [4, 5, 6]], dtype=object)
by_view = cells[:, 1]
for n in range(6):
    shared.append(n)
    rows[n % 3].append(n)
    cells[0, 0].n += n
    print(n, cells[0, 1] is cells[1, 0] is cells[1, 1]["k"], cells[0, 1], cells[0, 0].home is cells)
    print(ring[0] is ring, ring[0][1], rows.tolist(), next(cells[1, 2]), by_view[0] is shared)
    total = np.array([Cell(1), Cell(n)], dtype=object).sum()
    print(total.n, [type(x).__name__ for x in cells.flat])
    by_view[1] = {"k": shared, "n": n}
