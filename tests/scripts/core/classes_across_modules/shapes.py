"""A small library."""

import enum

seen = 0
log = []


class Kind(enum.Enum):
    FLAT = "flat"
    SOLID = "solid"


class ShapeError(Exception):
    def __init__(self, shape, limit):
        super().__init__(f"{shape.size} is over {limit}")
        self.shape = shape


class Shape:
    kind = Kind.SOLID

    def __init__(self, size):
        self.size = size

    def area(self):
        return self.size


DEFAULT = Shape(0)


def area_of(shape, n):
    global seen
    seen += 1
    log.append(shape)
    if shape.size > 8:
        raise ShapeError(shape, 8)
    total = 0
    for k in range(n):
        total += shape.area()
        print("total", k, total)
    return total
