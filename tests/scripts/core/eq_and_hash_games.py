"""Objects with odd __eq__ and __hash__: unhashable, equal to all, hashed by state, their own keys."""


class NoHash:
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        return isinstance(other, NoHash) and self.n == other.n


class EqualToAll:
    def __eq__(self, other):
        return True

    __hash__ = object.__hash__


class ByName:
    """Hash from state: a set that is filled before the state is restored breaks."""

    def __init__(self, name):
        self.name = name
        self.friends = {self: "me"}

    def __hash__(self):
        return len(self.name)

    def __eq__(self, other):
        return self.name == other.name


class EqRaises:
    def __eq__(self, other):
        raise TypeError("not comparable")

    __hash__ = object.__hash__


a, b, all_equal, raises = ByName("a"), ByName("bb"), EqualToAll(), EqRaises()
a.friends[b] = "friend"
b.friends[a] = "back"
table = {a: 1, b: 2, (a, b): 3, raises: 4}
unhashed = [NoHash(1), NoHash(2)]
by_identity = {all_equal: "x"}
group = {a, b}
for n in range(4):
    table[a] += n
    unhashed[n % 2].n += 1
    print(table[ByName("a")], table[a, b], table[raises], list(table)[0] is a, a in group, len(group))
    print(a.friends[a], a.friends[b], b.friends[a], [k is a for k in a.friends], by_identity[all_equal])
    print(unhashed[0] == unhashed[1], all_equal == n, next(iter(by_identity)) is all_equal)
    for x in sorted(group, key=lambda k: k.name):
        print(x.name, [f.name for f in x.friends])
