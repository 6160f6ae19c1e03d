"""__private names, also in a nested function, a lambda and a comprehension in a method, and in with/for targets."""


class _Base:
    __shared = []

    def __init__(self):
        self.__secret = 1

    def base(self):
        self.__secret += 1
        self.__shared.append(self.__secret)
        return self.__secret


class Derived(_Base):
    def __init__(self):
        super().__init__()
        self.__secret = 100

    def run(self, n):
        def __helper(__argument):
            self.__secret += __argument
            print("helper", self.__secret, self.base())
            return [self.__secret + __k for __k in range(2)]

        for self.__index in range(n):
            __local = __helper(self.__index)
            print(__local, self.__index, (lambda __x: __x + self.__secret)(1))
            self.__private(__local)
        return self.__secret

    def __private(self, values):
        for __value in values:
            print("private", __value, "_Derived__value" in locals())


thing = Derived()
for n in range(1, 4):
    print(thing.run(n))
    print(sorted(vars(thing).items()))
print(_Base._Base__shared)
