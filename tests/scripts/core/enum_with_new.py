"""Enumerations with a __new__ that uses a global, and a base with one."""
from enum import Enum

RATE = 3


class Base:
    def __new__(cls, value=0, *rest):
        made = object.__new__(cls)
        made.scaled = value * RATE
        return made


class Kind(Base, Enum):
    A = 1
    B = 2

    def __new__(cls, value):
        made = Base.__new__(cls, value)
        made._value_ = value * 10
        return made


class Plain(Base, Enum):
    X = 4
    Y = 5


def look(step):
    kind = Kind(10 * (1 + step % 2))
    if kind is Kind.A:
        print(step, "a", kind.scaled)
    else:
        print(step, "b", kind.scaled)
    for plain in Plain:
        print(step, plain.name, plain.scaled, plain is Plain[plain.name])
    return kind


kept = []
for step in range(6):
    kept.append(look(step))
    print(step, Kind.B.value, kept.count(Kind.A), kept[-1].name)
