"""pathlib paths, globs half consumed, relative paths that depend on a cwd that changes."""

import os
import pathlib

root = pathlib.Path.cwd()
for n in range(3):
    folder = pathlib.Path(f"folder{n}") / "sub"
    folder.mkdir(parents=True, exist_ok=True)
    for k in range(2):
        (folder / f"{k}.txt").write_text(f"{n}{k}")
        print(folder.as_posix(), k)
relative = pathlib.Path("sub")
pure = pathlib.PureWindowsPath("c:/a/b")
for folder in sorted(root.glob("folder*")):
    os.chdir(folder)
    print(relative.exists(), pathlib.Path.cwd().relative_to(root).as_posix(), pure.parts)
    for path in sorted(relative.iterdir()):
        print(path.as_posix(), path.read_text(), path.resolve().parent.parent == folder.resolve())
    os.chdir("..")
print(sorted(p.relative_to(root).as_posix() for p in root.rglob("*.txt")))
del root, folder  # the folder is not the same in two runs
