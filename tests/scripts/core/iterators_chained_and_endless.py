"""Iterators of itertools in each other, in mid-pass: cycle in its second round, tee ahead and behind, groupby's groups."""

import itertools
import operator
import sys


def source(n):
    for k in range(n):
        print("made", k)
        yield k


cycled = itertools.cycle(source(3))
ahead, behind = itertools.tee(itertools.chain(source(4), [10, 11, 12, 13]))
third = ahead.__copy__()
grouped = itertools.groupby(itertools.count(), lambda k: k // 3)
key, group = next(grouped)
nested = itertools.islice(itertools.chain.from_iterable(itertools.repeat([1, 2]) for _ in range(2)), 1, 12, 3)
running = itertools.accumulate(itertools.cycle([1, -2, 3]), max, initial=0)
best = itertools.accumulate(source(9), lambda a, b: a * 10 + b)
longest = itertools.zip_longest(source(2), itertools.islice(cycled, 4), fillvalue="none")
mapped = itertools.starmap(operator.mul, zip(itertools.count(1), source(9)))
orders = itertools.product(itertools.permutations("abc", 2), itertools.combinations(range(4), 2))
pairs = itertools.pairwise(itertools.takewhile(lambda k: k < 8, source(20)))
if sys.version_info >= (3, 12):
    parts = itertools.batched(source(20), 3)
else:
    parts = iter(lambda: tuple(itertools.islice(behind, 2)), ())
numbered = enumerate(filter(None, map(lambda k: k % 4, itertools.count())), start=5)
back = reversed([1, 2, 3, 4, 5, 6])
for turn in range(6):
    print(turn, next(cycled), next(ahead), next(nested, "over"), next(running), next(best))
    print(next(longest, "over"), next(mapped), next(orders), next(pairs, "over"), next(parts, "over"))
    print(next(numbered), next(back), next(group, "end of group"), key)
    if turn % 2:
        print(next(behind, "over"), next(third, "over"))
        key, group = next(grouped)
print(list(itertools.islice(cycled, 4)), list(ahead), list(third))
