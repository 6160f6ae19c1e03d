"""Singletons by __new__, sentinels compared with `is`, and instances interned in a class table."""


class Singleton:
    instance = None

    def __new__(cls, *args):
        if cls.instance is None:
            print("new singleton")
            cls.instance = super().__new__(cls)
            cls.instance.values = []
        return cls.instance

    def __init__(self, value=0):
        self.values.append(value)


class Interned:
    table = {}

    def __new__(cls, key):
        if key not in cls.table:
            self = cls.table[key] = super().__new__(cls)
            self.key, self.uses = key, 0
        cls.table[key].uses += 1
        return cls.table[key]


class Missing:
    def __repr__(self):
        return "MISSING"


MISSING = Missing()
sentinel = object()


def get(table, key, default=MISSING):
    value = table.get(key, default)
    print("is missing", value is MISSING)
    return value


cache = {"filled": 1, "empty": MISSING, "sentinel": sentinel}
kept = Singleton("first")
for n in range(4):
    again = Singleton(n)
    print(again is kept, again.values, Singleton.instance is kept)
    key = Interned("ab"[n % 2])
    print(key is Interned.table[key.key], key.uses, len(Interned.table))
    print(get(cache, "filled"), get(cache, "empty"), get(cache, n), cache["sentinel"] is sentinel)
    print(get.__defaults__[0] is MISSING, None is not MISSING, ... is Ellipsis, NotImplemented is not sentinel)
