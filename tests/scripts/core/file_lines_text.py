"""`for line in file`: the iterator reads ahead, so tell() is disabled and the position is hidden."""

with open("data.txt", "w") as out:
    for n in range(400):
        out.write(f"{n} {n * n}\n")

total = 0
with open("data.txt") as handle:
    header = handle.readline()
    for line in handle:
        n, square = map(int, line.split())
        total += square
        if n % 40 == 0:
            print(n, square, total)
    print("rest", repr(handle.read()), total)

handle = open("data.txt")
for n, line in enumerate(handle):
    if n > 5:
        break
    print("first loop", line.rstrip())
for line in handle:
    print("second loop", line.rstrip())
    if line.startswith("12 "):
        break
while line := handle.readline():
    if line.startswith(("150", "390")):
        print("readline", line.strip())
handle.close()
print(handle.closed, handle.name)
