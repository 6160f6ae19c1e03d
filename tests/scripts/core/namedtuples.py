"""collections.namedtuple and typing.NamedTuple, made in functions too, subclassed, with defaults."""

from collections import namedtuple
from typing import NamedTuple

Pair = namedtuple("Pair", "left right", defaults=[0])
Renamed = namedtuple("Other", ["x", "def", "x"], rename=True)


class Point(NamedTuple):
    x: int
    y: int = 5

    def moved(self, dx):
        return self._replace(x=self.x + dx)


class Named(Pair):
    __slots__ = ()

    def swap(self):
        return type(self)(self.right, self.left)


def local():
    Local = namedtuple("Local", "only")
    held = Local([0])
    for n in range(3):
        held.only.append(n)
        print(held, type(held) is Local, Local([n]) == ([n],))
    return held


point, pair, named, renamed = Point(1), Pair([1]), Named(1, 2), Renamed(1, 2, 3)
for n in range(3):
    point = point.moved(n)
    pair.left.append(n)
    named = named.swap()
    print(point, pair, named, renamed, point._fields, isinstance(named, Pair), pair[0] is pair.left)
    print(local())
