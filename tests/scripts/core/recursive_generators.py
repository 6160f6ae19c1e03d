"""A generator per tree level: in-order walk, permutations and n queens by yield from in a loop."""


def inorder(tree):
    if tree:
        left, key, right = tree
        yield from inorder(left)
        yield key
        yield from inorder(right)


def permutations(items):
    if len(items) < 2:
        yield items
        return
    for index, item in enumerate(items):
        for rest in permutations(items[:index] + items[index + 1 :]):
            yield [item, *rest]


def queens(n, placed=()):
    if len(placed) == n:
        yield placed
        return
    for column in range(n):
        if all(c != column and abs(c - column) != len(placed) - r for r, c in enumerate(placed)):
            yield from queens(n, (*placed, column))


tree = (((None, 1, None), 2, (None, 3, None)), 4, ((None, 5, None), 6, None))
walk = inorder(tree)
orders = permutations([1, 2, 3])
for key in walk:
    print("key", key, next(orders, None))
for solution in queens(6):
    print("queens", solution)
both = zip(inorder(tree), permutations("abc"), queens(5))
for row in both:
    print(row)
