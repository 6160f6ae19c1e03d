"""A package with relative imports, __all__, a registry filled by submodules and a lazily imported one."""

import sys

from engine import build, names
from engine.parts import *

for n in range(3):
    for name in names():
        part = build(name, n)
        print(n, name, part.run(n), type(part).__module__)
    if n == 1:
        from engine.parts import late

        print("late", late.VALUE, "engine.parts.late" in sys.modules, names())
    print(Wheel.made, "_hidden" in globals())
