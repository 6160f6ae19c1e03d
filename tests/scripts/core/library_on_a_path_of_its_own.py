"""A library found only on a path that the script adds, and that reads a variable that it sets."""

import importlib
import os
import pathlib
import sys

pathlib.Path("libs").mkdir(exist_ok=True)
pathlib.Path("libs/extra_library.py").write_text(
    "import os\n"
    "LEVEL = os.environ['EXTRA_LEVEL']\n"
    "GONE = os.environ.get('EXTRA_GONE')\n"
    "class Meter:\n"
    "    total = 0\n"
    "    def add(self, x):\n"
    "        self.total += x\n"
    "        return self.total\n"
)
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.abspath("libs"))
os.environ["EXTRA_LEVEL"] = "3"
os.environ["EXTRA_GONE"] = "not yet"
del os.environ["EXTRA_GONE"]
importlib.invalidate_caches()
extra = importlib.import_module("extra_library")
meter = extra.Meter()
for n in range(4):
    print(n, meter.add(n), extra.LEVEL, extra.GONE, os.environ["EXTRA_LEVEL"])
    os.environ["EXTRA_LEVEL"] = str(n)
