"""The second of two modules that need each other."""

import first

LOADED = True
calls = first.calls
print("second sees", hasattr(first, "ping"))


def pong(n):
    print("pong", n, calls)
    for k in range(2):
        print("in pong", k)
    return first.ping(n - 1) if n > 0 else "end of pong"
