"""Lone surrogates, null bytes, combining characters, very long strings, interned and not interned strings."""

import sys

lone = "\ud800abc\udfff"
null = "a\0b"
combined = "e\u0301"
long = "x" * 100_000
interned = sys.intern("interned" + str(1))
raw = b"\xff\x00\xfe" * 3
table = {lone: 1, null: 2, combined: 3, "é": 4, raw: 5, "": 6}
for n in range(6):
    lone += chr(0xDC00 + n)
    null = null * 2 if n < 3 else null[1:]
    long = long[:-1] + "é" if n == 3 else long
    print(n, ascii(lone), ascii(null), len(long), len(long.encode()), ascii(combined + "é"))
    print(table[lone[: 5]], table["a\0b"], table[combined], table[raw], combined == "é", ascii(raw.decode("utf-8", "surrogateescape")))
    print(interned == "interned1", "\N{SNOWMAN}".encode("ascii", "backslashreplace"), "ß".upper(), "İ".lower().encode())
