"""property, cached_property, data and non-data descriptors with per-instance state."""

import functools
import weakref


class Typed:
    def __set_name__(self, owner, name):
        self.name = name
        self.sets = 0
        print("set_name", owner.__name__, name)

    def __get__(self, instance, owner):
        return self if instance is None else instance.__dict__.get(self.name, "unset")

    def __set__(self, instance, value):
        self.sets += 1
        print("set", self.name, value, self.sets)
        instance.__dict__[self.name] = value


class WeakValue:
    def __init__(self):
        self.values = weakref.WeakKeyDictionary()

    def __get__(self, instance, owner):
        return self.values.setdefault(instance, [])


class Thing:
    a = Typed()
    b = Typed()
    log = WeakValue()

    def __init__(self, n):
        self.a = n

    @functools.cached_property
    def heavy(self):
        print("computed for", self.a)
        return [self.a]

    @property
    def size(self):
        for k in range(2):
            print("size", k)
        return self.a * 2

    @size.setter
    def size(self, value):
        print("size set to", value)
        self.a = value // 2

    @size.deleter
    def size(self):
        print("deleted")
        self.b = "gone"


things = [Thing(1), Thing(2)]
for n in range(4):
    for thing in things:
        thing.size += n
        thing.log.append(n)
        print(thing.heavy, thing.heavy is thing.__dict__["heavy"], thing.b, thing.log, Thing.a.sets)
    if n == 1:
        del things[0].size
    if n == 2:
        del things[1].heavy
    thing.heavy.append(n)
