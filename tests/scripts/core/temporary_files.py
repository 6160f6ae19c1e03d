"""tempfile objects: a file with a random name, a folder that is deleted by its finalizer."""

import pathlib
import tempfile

folder = tempfile.TemporaryDirectory(dir=".")
spooled = tempfile.SpooledTemporaryFile(max_size=20, mode="w+")
with tempfile.NamedTemporaryFile("w+", dir=".", suffix=".txt") as named:
    for n in range(8):
        named.write(f"{n}\n")
        spooled.write(f"spooled {n}\n")
        (pathlib.Path(folder.name) / f"{n}.txt").write_text(str(n))
        print(n, named.tell(), len(list(pathlib.Path(folder.name).iterdir())))
    named.seek(0)
    print(named.read().split())
spooled.seek(0)
print(len(spooled.read()))
print(sorted(p.name for p in pathlib.Path(folder.name).iterdir()))
folder.cleanup()
print([p for p in pathlib.Path(".").iterdir() if p.suffix == ".txt"])
del folder, named, spooled  # their names are random
