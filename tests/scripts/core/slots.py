"""__slots__ with and without values, inherited, with __dict__ added, with weakrefs."""

import weakref


class Base:
    __slots__ = ("a", "empty", "__private")

    def __init__(self, a):
        self.a = a
        self.__private = [a]

    def private(self):
        return self.__private


class Child(Base):
    __slots__ = ("b", "__weakref__")


class WithDict(Child):
    __slots__ = ("__dict__", "c")


objects = [Base(1), Child(2), WithDict(3)]
objects[1].b = objects
objects[2].c = objects[1]
objects[2].free = "in the dict"
ref = weakref.ref(objects[2])
for n in range(4):
    for thing in objects:
        thing.a += n
        thing.private().append(n)
        print(type(thing).__name__, thing.a, thing.private(), hasattr(thing, "empty"), hasattr(thing, "b"))
        try:
            thing.other = n
        except AttributeError:
            print("no room")
    print(objects[1].b is objects, objects[2].c is objects[1], ref() is objects[2], vars(objects[2]))
    if n == 1:
        del objects[0].a
        objects[0].a = 10
