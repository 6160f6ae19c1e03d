"""A file written piece by piece: at a resume it has to be cut back to where it was, buffer included."""

import os

out = open("log.txt", "w")
for n in range(60):
    out.write(f"row {n}\n")
    if n % 10 == 0:
        out.flush()
        print(n, os.path.getsize("log.txt"))
    print("tell", out.tell())
out.close()
print(open("log.txt").read().count("row"))

with open("big.txt", "w") as big:
    for n in range(6):
        big.write(str(n) * 5000)
        print("written", n, big.tell())
        big.write("\n")
with open("big.txt") as big:
    print([len(line) for line in big])
