"""Subclasses of list, dict, int, str, tuple, set and deque with attributes and overridden methods."""

from collections import UserDict, UserList, deque


class Log(list):
    def append(self, item):
        self.appended = getattr(self, "appended", 0) + 1
        super().append(("logged", item))


class Table(dict):
    def __setitem__(self, key, value):
        self.writes = getattr(self, "writes", 0) + 1
        super().__setitem__(key, value)

    def __missing__(self, key):
        print("missing", key)
        return 0


class Unit(int):
    def __new__(cls, value, unit):
        self = super().__new__(cls, value)
        self.unit = unit
        return self


class Word(str):
    count = 0


class Span(tuple):
    def __new__(cls, a, b):
        return super().__new__(cls, (a, b))


class Queue(deque):
    label = "queue"


class Users(UserDict):
    pass


log, table, queue = Log(), Table(), Queue(maxlen=3)
users, rows = Users(a=1), UserList([1])
unit, word, span = Unit(3, "m"), Word("w"), Span(1, [2])
groups = {unit, 3, word}
for n in range(4):
    log.append(n)
    table[n] = table[n - 1] + n
    queue.append(n)
    queue.label += str(n)
    word.count += 1
    span[1].append(n)
    users[n] = n
    rows.append(n)
    print(log, log.appended, table, table.writes, table[99])
    print(queue, queue.label, unit, unit.unit, word, word.count, span, type(span).__name__, len(groups))
    print(users, rows, isinstance(users, dict))
    unit = Unit(unit + n, unit.unit + "m")
