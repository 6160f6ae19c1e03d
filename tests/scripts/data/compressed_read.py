"""gzip, bz2 and lzma files read line by line, as bytes and as text."""

import bz2
import gzip
import lzma

lines = [f"line {n} of many\n" for n in range(3000)]
for module, name in ((gzip, "a.gz"), (bz2, "a.bz2"), (lzma, "a.xz")):
    open(name, "wb").write(module.compress("".join(lines).encode()))
binary = gzip.open("a.gz")
text = gzip.open("a.gz", "rt")
packed = bz2.open("a.bz2")
other = lzma.open("a.xz", "rt", encoding="utf-8")
text.read(7000)
for number, line in zip(range(8), binary):
    print(number, line, text.readline(), packed.read(20), next(other), binary.tell(), packed.tell())
print(len(binary.read()), len(text.read()), len(packed.read()), len(other.read()))
for file in (binary, text, packed, other):
    file.close()
