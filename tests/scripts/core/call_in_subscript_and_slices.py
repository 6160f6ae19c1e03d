"""Calls in subscripts, slices, attribute chains and unpacking targets."""


def at(n):
    print("at", n)
    return n


class Chain:
    def __init__(self):
        self.steps = []

    def then(self, n):
        for k in range(2):
            self.steps.append((n, k))
            print("then", n, k)
        return self

    def __getitem__(self, key):
        print("getitem", key)
        return self.steps[key] if isinstance(key, (int, slice)) else key


data = list(range(10))
for turn in range(3):
    print(data[at(turn) : at(8) : at(2)])
    data[at(turn)], data[at(turn + 1)] = data[at(turn + 1)], data[at(turn)]
    print(data)
    chain = Chain().then(at(1)).then(at(2))
    print(chain[at(0)], chain[at(1) :], chain[at(1), at(2):at(3)])
    data[at(-1):] = [at(turn), at(99)]
    print(data, chain.then(at(3)).steps[at(-1)])
