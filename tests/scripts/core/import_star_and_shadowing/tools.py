"""Shadows `sum`, has a module-level __getattr__ and state."""

TEXT = "original"
state = []
_loads = globals().get("_loads", 0) + 1


def sum(values):
    total = 0
    for value in values:
        total += value
        print("own sum", total)
    return total


def helper(n):
    return n, TEXT, _loads


def __getattr__(name):
    if name == "lazy_value":
        return f"lazy {len(state)}"
    raise AttributeError(name)
