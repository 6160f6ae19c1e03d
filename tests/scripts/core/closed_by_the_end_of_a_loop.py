"""Code that runs while an object is destroyed: a loop's iterator at its end, a value that is
overwritten, an argument that nobody else holds."""


class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        for turn in range(2):
            print("del", self.name, turn)

    def use(self, *others):
        return len(others)


def stream(name):
    try:
        for k in range(3):
            yield k
    finally:
        print("closing", name)
        for turn in range(2):
            print("closed", name, turn)


def quiet(name):
    try:
        yield name
    except GeneratorExit:
        pass
    print("after", name)


for n in range(4):
    for a, b in zip(stream(n), range(2)):
        print(n, a, b)
    for a, b in zip(range(2), quiet(n)):
        print(n, a, b)
    held = Noisy(n)
    held = Noisy(n + 10)
    print(Noisy(n + 20).use(stream(n), Noisy(n + 30)))
    del held
