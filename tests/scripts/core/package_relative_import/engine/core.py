"""The registry and the factory."""

REGISTRY = {}


def register(cls):
    REGISTRY[cls.__name__] = cls
    print("register", cls.__name__)
    return cls


def names():
    return sorted(REGISTRY)


def build(name, n):
    part = REGISTRY[name](n)
    for k in range(2):
        part.n += k
        print("build", name, k, part.n)
    return part
