"""`while True` with several exits, and walrus targets that live on after the loop."""

numbers = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5]


def take(source):
    print("take", len(source))
    return source.pop(0) if source else None


seen = []
while (item := take(numbers)) is not None:
    if (double := item * 2) > 10:
        print("big", item, double)
        continue
    seen.append(double)
    print("small", item, seen)
print(item, double, seen)

rounds = 0
while True:
    rounds += 1
    print("round", rounds)
    if rounds % 2 == 0:
        continue
    if rounds > 6:
        break
squares = [last := n * n for n in range(5)]
print(rounds, squares, last)
