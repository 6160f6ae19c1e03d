"""enumerate, zip, map, filter, reversed, iter(callable, sentinel), range and str iterators half consumed."""


def loud(x):
    print("loud", x)
    return x * 2


stack = [5, 4, 3, 2, 1, 0]
made = {
    "enumerate": enumerate("abcdef", start=5),
    "zip": zip([1, 2, 3, 4], "wxyz"),
    "map": map(loud, range(5)),
    "map2": map(lambda a, b: a + b, range(5), range(10, 20)),
    "filter": filter(lambda n: n % 2, range(10)),
    "filter none": filter(None, [0, 1, "", "a", [], [2]]),
    "reversed": reversed([1, 2, 3, 4, 5]),
    "sentinel": iter(stack.pop, 3),
    "range": iter(range(10, 0, -3)),
    "big range": iter(range(10**20, 10**21, 10**20)),
    "str": iter("héllo"),
    "bytes": iter(b"bytes"),
    "tuple": iter((1, [2], 3)),
    "list": iter([9, 8, 7]),
}
source = iter(range(30))
by_three = list(zip(source, source, source))[:2]
shared = iter("shared by two zips")
made["left"], made["right"] = zip(shared, range(9)), zip(range(9), shared)
for turn in range(5):
    for name, iterator in made.items():
        print(turn, name, next(iterator, "over"))
    print(stack, by_three)
for i, (a, b) in enumerate(zip(reversed("abc"), map(loud, [1, 2, 3]))):
    print(i, a, b)
