"""Sets whose order depends on how they came about: numbers given by `enumerate` stay the same."""

from collections import Counter


def numbered(labels):
    """Each label by its place in a set."""
    classes = set(labels)
    count = 0
    for label in labels:
        count += label in classes
    return {label: number for number, label in enumerate(classes)}, count


words = [f"class{n * n % 61}" for n in range(80)]
copied = set({n * 16 for n in range(9)} | {5, 3})
thinned = {n * 32 + n % 3 for n in range(40)}
for n in range(30):
    thinned.discard(n * 32 + n % 3)
grown = set()
for step in range(6):
    numbers, count = numbered(words[step:])
    print(step, "numbers", sorted(numbers.items(), key=lambda pair: pair[1])[:8], count)
    print(step, "copied", list(copied), "thinned", list(thinned))
    grown |= {word * step for word in words[: step * 3]} - {"class1"}
    print(step, "grown", [len(word) for word in grown][:9], Counter(map(len, grown)).most_common(1))
    popped = copied.pop()
    print(step, "popped", popped, thinned - copied == thinned)
    copied.add(popped * 7 + step)
names = {("layer", n) for n in range(12)}
print([n for _, n in names], [n for _, n in names | {("layer", 50)}])
