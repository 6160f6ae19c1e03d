"""__getattr__ that looks up self.wrapped: a new instance without state recurses for ever in a naive loader."""


class Wrapper:
    def __init__(self, wrapped):
        self.wrapped = wrapped

    def __getattr__(self, name):
        print("getattr", name)
        return getattr(self.wrapped, name)


class Attributes(dict):
    """The dict with attributes that every config library has."""

    def __getattr__(self, name):
        return self[name]

    def __setattr__(self, name, value):
        self[name] = value


class Strict:
    def __setattr__(self, name, value):
        if name not in ("a", "b"):
            raise AttributeError(f"no {name}")
        object.__setattr__(self, name, value)

    def __getattribute__(self, name):
        if name == "hidden":
            return "found"
        return object.__getattribute__(self, name)


class Model:
    size = 3

    def grow(self):
        for k in range(2):
            self.size += k
            print("size", self.size)
        return self.size


wrapper = Wrapper(Wrapper(Model()))
config = Attributes(lr=0.1, sub=Attributes(x=1))
strict = Strict()
for n in range(3):
    print(wrapper.grow(), wrapper.size)
    config.lr = n
    config.sub.x += n
    strict.a = strict.b = [n]
    print(config, config["sub"] is config.sub, strict.a is strict.b, strict.hidden)
    for bad in (lambda: setattr(strict, "c", 1), lambda: wrapper.missing):
        try:
            bad()
        except AttributeError as error:
            print(error)
