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


for step in range(6):
    print(step, Kind.A.scaled, Kind.B.value, Kind(10) is Kind.A, Plain.Y.scaled, [p.name for p in Plain])
