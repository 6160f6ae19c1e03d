"""A module whose body takes long."""

table = {}
total = 0
for n in range(4):
    table[n] = n * n
    total += table[n]
    print("preparing", n, total)


def stream(n):
    for k in range(n + 1):
        print("stream", k)
        yield table[k] + n
