"""The `if __name__ == "__main__"` guard: __main__ must be __main__ after a resume, also for its classes."""

import sys


class Config:
    def __init__(self, **values):
        self.__dict__.update(values)

    def __repr__(self):
        return f"{type(self).__module__}.Config({sorted(self.__dict__.items())})"


def main(argv):
    config = Config(steps=4, name=argv[0].rsplit("/", 1)[-1])
    for step in range(config.steps):
        config.step = step
        print(step, config, sys.modules["__main__"].Config is type(config))
    return config.steps % 4


if __name__ == "__main__":
    print(__file__.rsplit("/", 1)[-1], __spec__, __package__)
    result = main(sys.argv)
    print("result", result, globals() is sys.modules["__main__"].__dict__)
    sys.exit(result)
