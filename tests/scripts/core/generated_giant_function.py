"""A function of 600 statements in one file that writes and imports it: size must not matter."""

import importlib
import pathlib
import sys

lines = ["def giant(x):", "    log = []"]
for n in range(600):
    lines.append(f"    x = (x * 31 + {n}) % 65537")
    if n % 20 == 0:
        lines.append(f"    log.append(x); print({n}, x)")
lines.append("    return log")
pathlib.Path("giant_module.py").write_text("\n".join(lines) + "\n")
sys.path.insert(0, ".")
sys.dont_write_bytecode = True
importlib.invalidate_caches()
giant = importlib.import_module("giant_module").giant
for seed in range(3):
    log = giant(seed)
    print(seed, len(log), sum(log))
