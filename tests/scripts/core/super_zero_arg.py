"""Zero-argument super() in methods, closures, classmethods, properties and with diamond inheritance."""


class Root:
    made = 0

    def step(self, n):
        print("Root.step", n)
        return n

    @classmethod
    def make(cls):
        Root.made += 1
        print("Root.make", cls.__name__)
        return cls()

    @property
    def value(self):
        return 1

    def __init_subclass__(cls, tag=None, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.tag = tag
        print("subclass", cls.__name__, tag)


class Left(Root, tag="left"):
    def step(self, n):
        for k in range(2):
            n += k
            print("Left.step", n)
        return super().step(n) + 1

    @property
    def value(self):
        return super().value + 10


class Right(Root, tag="right"):
    def step(self, n):
        def inner():
            nonlocal self
            me, self = self, "hidden"
            print("inner", n)
            result = super(Right, me).step(n * 2)
            self = me
            return result

        return inner() + (lambda: super(Right, self).value)()

    @classmethod
    def make(cls):
        made = super().make()
        made.by = "Right"
        return made


class Both(Left, Right, tag="both"):
    def step(self, n):
        total = 0
        for k in range(2):
            total += super().step(n + k)
            print("Both.step", total, __class__.__name__)
        return total

    @staticmethod
    def who():
        return __class__.tag

    def later(self):
        return lambda: super(Both, self).value, lambda: __class__


for turn in range(3):
    both = Both.make()
    print(both.step(turn), both.value, both.by, both.who())
    get, cls = both.later()
    print(get(), cls() is Both, Root.made, [c.__name__ for c in Both.__mro__])
