"""The first of two modules that need each other."""

calls = []

import second

print("first sees", second.LOADED)


def ping(n):
    calls.append(n)
    print("ping", n)
    return second.pong(n - 1) if n > 0 else "end of ping"
