"""Append mode, and one file opened, written and closed again and again through its name."""

import pathlib

path = pathlib.Path("metrics.csv")
with path.open("w") as out:
    out.write("step,loss\n")
keep = path.open("a")
for step in range(12):
    with open(path, "a") as out:
        out.write(f"{step},{1 / (step + 1):.4f}\n")
    if step % 4 == 3:
        keep.write(f"kept at {step}\n")
        keep.flush()
    text = path.read_text()
    print(step, len(text.splitlines()), text.splitlines()[-1])
keep.close()
print(path.read_text())
