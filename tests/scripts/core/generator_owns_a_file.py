"""A generator suspended in `for line in file` inside `with open`: an open file only a frame refers to."""


def lines(path, wanted):
    with open(path, encoding="utf-8") as handle:
        for number, line in enumerate(handle):
            if wanted in line:
                yield number, line.rstrip("\n")
    print("closed", handle.closed)


def write(path):
    with open(path, "w", encoding="utf-8") as handle:
        for n in range(300):
            handle.write(f"line {n} {'odd' if n % 2 else 'even'} é{'x' * (n % 17)}\n")


write("data.txt")
odd, even = lines("data.txt", "odd"), lines("data.txt", "even")
for (a, left), (b, right) in zip(odd, even):
    if a % 15 == 0 or a > 290:
        print(a, b, left, "|", right)
print(next(odd, "no more"), next(even, "no more"))
