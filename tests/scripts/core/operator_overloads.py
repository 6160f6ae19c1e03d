"""Operators as methods with work in them: the frame on top is called by no call in the source."""


class V:
    def __init__(self, *xs):
        self.xs = list(xs)

    def work(self, name):
        for k in range(2):
            print(name, k, self.xs)

    def __add__(self, other):
        self.work("add")
        return V(*[a + b for a, b in zip(self.xs, other.xs)])

    def __radd__(self, other):
        self.work("radd")
        return V(*[a + other for a in self.xs])

    def __mul__(self, k):
        self.work("mul")
        return V(*[a * k for a in self.xs])

    def __lt__(self, other):
        self.work("lt")
        return self.xs < other.xs

    def __eq__(self, other):
        self.work("eq")
        return isinstance(other, V) and self.xs == other.xs

    __hash__ = None

    def __bool__(self):
        self.work("bool")
        return any(self.xs)

    def __len__(self):
        self.work("len")
        return len(self.xs)

    def __iter__(self):
        for x in self.xs:
            print("iter", x)
            yield x

    def __contains__(self, x):
        self.work("contains")
        return x in self.xs

    def __getitem__(self, i):
        self.work("getitem")
        return self.xs[i]

    def __setitem__(self, i, x):
        self.work("setitem")
        self.xs[i] = x

    def __neg__(self):
        self.work("neg")
        return V(*[-x for x in self.xs])

    def __matmul__(self, other):
        self.work("matmul")
        return sum(a * b for a, b in zip(self.xs, other.xs))

    def __repr__(self):
        return f"V{tuple(self.xs)}"


v = V(1, 2)
for n in range(2):
    w = 1 + (v + V(n, n) * 2) * 2
    print(w, w @ v + n, -w, v < w < V(n, 0), 2 in w, len(w))
    w[0] += w[1] * 2
    print(w, w == v, bool(w) and "true", [*w], max(w), w or v)
    a, b = w
    v = v + w if v != w else v
    print(a, b, v)
