"""Members of a zip file are read in pieces, as bytes and as text; one is empty, one is stored."""

import io
import zipfile

with zipfile.ZipFile("data.zip", "w", zipfile.ZIP_DEFLATED) as made:
    for name in "abc":
        info = zipfile.ZipInfo(f"{name}.txt")
        made.writestr(info, "".join(f"{name} {n}\n" for n in range(2000)), compress_type=ord(name) % 2 * 8)
    made.writestr(zipfile.ZipInfo("empty.txt"), "")
archive = zipfile.ZipFile("data.zip")
one, other, empty = archive.open("a.txt"), archive.open("b.txt"), archive.open("empty.txt")
text = io.TextIOWrapper(archive.open("c.txt"), encoding="utf-8")
for step, line in zip(range(8), text):
    print(step, one.readline(), other.read(100)[:12], one.tell(), other.tell(), line, empty.read())
    print(archive.read("c.txt")[:5], archive.namelist())
one.close()
print(len(other.read()), len(text.read()), archive.getinfo("a.txt").file_size)
archive.close()
