# -*- coding: latin-1 -*-
"""A source in latin-1: byte offsets and column offsets differ from those of utf-8. éè"""

größe = 0
for n in range(4):
    größe += len("éèà"); print("café".encode("ascii", "backslashreplace"), n, größe); n += 1
    for zeichen in "äöü": print(ascii(zeichen), ord(zeichen)); größe += ord(zeichen)
    print(ascii("ÿ"), größe, n)


def fünf(über):
    print(ascii(f"{über}§"), f"{über + 1}"); return über + 5


print(fünf(fünf(1)) + fünf(größe))
