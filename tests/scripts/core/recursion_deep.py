"""A stack a few hundred frames deep, saved at its bottom."""

import sys

sys.setrecursionlimit(3000)


def descend(n, trail):
    if n == 0:
        for k in range(5):
            trail.append(k)
            print("bottom", k, len(trail))
        return 1
    trail.append(n)
    below = descend(n - 1, trail)
    if n % 60 == 0:
        print("on the way up", n, below)
    return below + 1


for depth in (60, 180, 300):
    trail = []
    print(depth, descend(depth, trail), len(trail), sys.getrecursionlimit())
