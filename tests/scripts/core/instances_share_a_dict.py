"""All instances of a class share their attributes (the Borg)."""


class Settings:
    _shared = {}

    def __init__(self, **values):
        self.__dict__ = self._shared
        self.__dict__.update(values)


class Stricter(Settings):
    def check(self):
        return sorted(self.__dict__)


one = Settings(rate=0.1)
other = Stricter(steps=3)
for step in range(4):
    one.rate += step
    setattr(other, f"name{step}", step)
    print(step, other.rate, one.steps, other.check(), Settings().__dict__ is Settings._shared)
one.own = one
print(other.own is one, Settings().own is one)
print(sorted(vars(one)) == sorted(vars(other)))
