"""The mutable default that remembers: it lives in the function object, which comes from the source."""


def collect(item, seen=[], *, counts={}):
    seen.append(item)
    counts[item] = counts.get(item, 0) + 1
    print(item, seen, counts)
    return seen


def memo(n, cache={0: 0, 1: 1}):
    if n not in cache:
        print("compute", n)
        cache[n] = memo(n - 1) + memo(n - 2)
    return cache[n]


for item in "abcab":
    result = collect(item)
    print(result is collect.__defaults__[0])
    print(memo(len(result) * 2), len(memo.__defaults__[0]))
own = []
print(collect("own", own), own)
print(collect("z"))
