"""Abstract classes, registered virtual subclasses, Protocols, generics and NewTypes: type machinery as state."""

import abc
from typing import Generic, NewType, Protocol, TypeVar, runtime_checkable

T = TypeVar("T")
UserId = NewType("UserId", int)


class Base(abc.ABC):
    @abc.abstractmethod
    def run(self): ...

    @classmethod
    def __subclasshook__(cls, other):
        return hasattr(other, "runs_anyway") or NotImplemented


class Real(Base):
    def run(self):
        return "real"


class Duck:
    runs_anyway = True


class Registered:
    pass


@runtime_checkable
class Sized(Protocol):
    def __len__(self) -> int: ...


class Stack(Generic[T]):
    def __init__(self) -> None:
        self.items: list[T] = []

    def push(self, item: T) -> "Stack[T]":
        self.items.append(item)
        return self


stack = Stack[int]()
for n in range(4):
    if n == 1:
        Base.register(Registered)
    stack.push(n).push(UserId(n))
    print(stack.items, isinstance(Registered(), Base), isinstance(Duck(), Base), isinstance(stack, Sized))
    try:
        print(Base())
    except TypeError:
        print("abstract")
    print(stack.__orig_class__ == Stack[int], Real().run(), Stack.push.__annotations__["item"] is T)
