"""Changes `settings` from outside."""

import sys

import settings

seen = []


def patch(n):
    seen.append(n)
    settings.LEVEL += n
    settings.Config.names = seen
    setattr(settings, f"ADDED_{n}", n)
    for k in range(2):
        sys.modules["__main__"].ADDED_TO_MAIN = [n, k]
        print("patching", n, k)
    if n == 1:
        original = settings.describe
        settings.describe = lambda: original().upper() + "!"
    if n == 2:
        settings.Config.name = property(lambda self: f"patched {len(seen)}")
