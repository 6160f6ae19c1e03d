"""Changes files in all the ways that a script has: `python ways.py NAME...` prints, as JSON, what
went wrong with each of the named ones. The folder that it runs in is that of the fixture `project`.
"""

import ctypes
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path


def output_folder_anew():
    if os.path.exists("out"):
        shutil.rmtree("out")
    os.makedirs("out/a/b")
    assert os.listdir("out") == ["a"]


def append():
    with open("log.txt", "a") as file:
        file.write("more\n")
    assert Path("log.txt").read_text() == "old\nmore\n"


def os_open():
    descriptor = os.open("os.bin", os.O_WRONLY | os.O_CREAT)
    os.write(descriptor, b"x")
    os.close(descriptor)
    assert os.stat("os.bin").st_size == 1


def pathlib_():
    Path("kept.txt").write_text("changed")
    assert Path("kept.txt").read_text() == "changed"
    Path("new").mkdir()
    Path("new/x").touch()
    assert [path.name for path in Path("new").iterdir()] == ["x"]
    assert [path.name for path in Path(".").glob("ne*/*")] == ["x"]


def shutil_():
    shutil.copy("kept.txt", "copy.txt")
    shutil.move("copy.txt", "moved.txt")
    shutil.copytree("data", "copied")
    assert os.path.exists("moved.txt")
    assert not os.path.exists("copy.txt")
    assert os.listdir("copied/1") == ["x"]


def torch_():
    import torch

    for name in ("new.pt", "old.bin"):
        torch.save({"a": torch.ones(3)}, name)
        assert torch.load(name)["a"].sum() == 3


def numpy_():
    import numpy

    numpy.save("a.npy", numpy.ones(3))
    assert numpy.load("a.npy").sum() == 3
    array = numpy.memmap("map.bin", dtype="f4", mode="w+", shape=(4,))
    array[:] = 1
    array.flush()
    assert numpy.memmap("map.bin", dtype="f4", mode="r").sum() == 4


def h5py_():
    import h5py

    with h5py.File("f.h5", "w") as file:
        file["x"] = [1, 2]
    with h5py.File("f.h5") as file:
        assert list(file["x"]) == [1, 2]


def sqlite():
    connection = sqlite3.connect("db.sqlite")
    connection.execute("insert into t values (2)")
    connection.commit()
    assert connection.execute("select count(*) from t").fetchone() == (2,)
    connection.close()


def program():
    subprocess.run(["sh", "-c", "echo x > sub.txt && rm victim.txt"], check=True)
    assert os.path.exists("sub.txt")
    assert not os.path.exists("victim.txt")


def from_c():
    libc = ctypes.CDLL(None)
    libc.fopen.restype = ctypes.c_void_p
    file = libc.fopen(b"c.txt", b"w")
    assert file, "fopen"
    libc.fputs(b"x", ctypes.c_void_p(file))
    libc.fclose(ctypes.c_void_p(file))
    assert Path("c.txt").read_text() == "x"


def rename():
    os.rename("file1", "file2")
    os.replace("data", "renamed")
    assert os.path.exists("renamed/1/x")
    assert not os.path.exists("data")
    assert not os.path.exists("file1")


def modes_and_times():
    os.chmod("tool.sh", 0o700)
    assert os.stat("tool.sh").st_mode & 0o777 == 0o700
    os.utime("tool.sh", (1, 1))
    assert os.stat("tool.sh").st_mtime == 1
    os.truncate("long.txt", 2)
    assert Path("long.txt").read_text() == "01"


def links():
    os.symlink("log.txt", "link2")
    assert Path("link2").read_text() == Path("log.txt").read_text()
    os.unlink("link")
    assert not os.path.lexists("link")
    os.link("long.txt", "hard")
    assert os.path.samefile("hard", "long.txt")


def temporary():
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "x").write_text("a")
    with tempfile.NamedTemporaryFile("w", dir=".", delete=False) as file:
        file.write("z")
    os.replace(file.name, "atomic.txt")
    assert Path("atomic.txt").read_text() == "z"


WAYS = {
    function.__name__: function
    for function in (
        output_folder_anew, append, os_open, pathlib_, shutil_, torch_, numpy_, h5py_, sqlite,
        program, from_c, rename, modes_and_times, links, temporary,
    )
}  # fmt: skip


def main(names):
    wrong = {}
    for name in names:
        try:
            WAYS[name]()
        except ModuleNotFoundError:  # a library that is not installed here
            continue
        except Exception as error:
            wrong[name] = f"{type(error).__name__}: {error}"
    print(json.dumps(wrong))


if __name__ == "__main__":
    main(sys.argv[1:])
