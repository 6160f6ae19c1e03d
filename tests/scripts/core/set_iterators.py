"""A set iterated half way: a new process may order it anew, but each element must come once."""

names = {f"name{n}" for n in range(12)}
numbers = set(range(0, 120, 7))
frozen = frozenset(("a", n) for n in range(6))
seen, left = [], iter(names)
for count in range(5):
    seen.append(next(left))
    print("taken", count, len(set(seen)))
for number in sorted(numbers):
    print("number", number, number in numbers)
total = 0
for k, item in enumerate(frozen):
    total += item[1]
    print("frozen", k, len(frozen))
print("total", total)
for k, name in enumerate(left):
    seen.append(name)
    print("rest", k, len(seen) == len(set(seen)))
print(sorted(seen), sorted(names) == sorted(seen))
del seen, k, name, item  # their order is the process's own
