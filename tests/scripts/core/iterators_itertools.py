"""itertools objects half consumed: 3.14 has no pickling for them any more, and users keep them for long."""

import itertools
import operator


def loud(x):
    print("loud", x)
    return x


made = {
    "chain": itertools.chain([1, 2], (3,), "ab"),
    "from_iterable": itertools.chain.from_iterable([k] * k for k in range(4)),
    "cycle": itertools.cycle("xyz"),
    "cycle of generator": itertools.cycle(k * k for k in range(3)),
    "islice": itertools.islice(itertools.count(5, 3), 2, 9, 2),
    "product": itertools.product("ab", range(2), repeat=2),
    "permutations": itertools.permutations([1, 2, 3], 2),
    "combinations": itertools.combinations("abcd", 3),
    "with replacement": itertools.combinations_with_replacement("ab", 3),
    "count": itertools.count(0.5, 0.25),
    "accumulate": itertools.accumulate(map(loud, range(1, 6)), operator.mul, initial=1),
    "takewhile": itertools.takewhile(lambda k: k < 3, itertools.count()),
    "dropwhile": itertools.dropwhile(lambda k: k < 3, range(6)),
    "compress": itertools.compress("abcdef", [1, 0, 1, 0, 1, 1]),
    "filterfalse": itertools.filterfalse(lambda k: k % 2, range(8)),
    "starmap": itertools.starmap(pow, [(2, 3), (3, 2), (4, 1)]),
    "zip_longest": itertools.zip_longest("ab", range(4), fillvalue="-"),
    "pairwise": itertools.pairwise("abcde"),
    "repeat": itertools.repeat("again", 3),
}
left, right = itertools.tee(map(loud, range(6)))
for turn in range(5):
    for name, iterator in made.items():
        print(turn, name, next(iterator, "over"))
    print("tee", next(left), next(right) if turn > 1 else "waits")
