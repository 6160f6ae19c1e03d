"""Read all files of a folder as a training would, in plain Python with one process for each
processor: `python reading.py FOLDER`."""

import csv
import multiprocessing
import os
import sys


def picture(path):
    from PIL import Image

    with open(path, "rb") as file:
        Image.open(file).convert("RGB")


def text(path):
    with open(path, encoding="utf-8") as file:
        file.read()


def array(path):
    import numpy

    numpy.load(path)


def table(path):
    with open(path, encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        for row in rows:
            [float(cell) for cell in row]


READERS = {".jpg": picture, ".txt": text, ".npy": array, ".csv": table}


def read(path):
    READERS[os.path.splitext(path)[1]](path)


if __name__ == "__main__":
    paths = [os.path.join(top, name) for top, _, names in os.walk(sys.argv[1]) for name in names]
    with multiprocessing.Pool(len(os.sched_getaffinity(0))) as pool:
        for _ in pool.imap_unordered(read, paths, chunksize=max(1, min(64, len(paths) // 64))):
            pass
