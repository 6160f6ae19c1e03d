"""Enum members are singletons: `is` must hold after a resume, with aliases, flags, data and methods."""

import enum


class Color(enum.Enum):
    RED = 1
    GREEN = 2
    CRIMSON = 1

    def next(self):
        members = list(Color)
        return members[(members.index(self) + 1) % len(members)]


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 10


class Perm(enum.Flag):
    R = enum.auto()
    W = enum.auto()
    X = enum.auto()


class Planet(enum.Enum):
    EARTH = (5.97, [6378])
    MARS = (0.642, [3397])

    def __init__(self, mass, radius):
        self.mass = mass
        self.radius = radius


class Name(enum.StrEnum):
    A = enum.auto()


Dynamic = enum.Enum("Dynamic", ["ONE", "TWO"])
color, level, perm, dynamic = Color.RED, Level.LOW, Perm.R | Perm.W, Dynamic.ONE
table = {Color.RED: 0, Color.GREEN: 0, Dynamic.TWO: 0}
for n in range(5):
    color = color.next()
    table[color] += 1
    Planet.MARS.radius.append(n)
    perm ^= Perm.X if n % 2 else Perm.W
    print(color, color is Color.RED, color is Color.CRIMSON, color is Color(color.value), table[Color.RED])
    print(level is Level.LOW, level + n, perm, perm is Perm(perm.value), Planet.MARS.radius, Name.A is Name("a"))
    print(dynamic is Dynamic["ONE"], Planet((0.642, Planet.MARS.radius)) is Planet.MARS)
    level = Level.HIGH if level is Level.LOW else Level.LOW
