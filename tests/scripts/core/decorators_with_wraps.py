"""Decorators with state in cells, stacked, parametrised, class-based; functools.wraps keeps names."""

import functools


def counted(function):
    calls = 0

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        nonlocal calls
        calls += 1
        wrapper.calls = calls
        print("call", calls, "of", function.__name__)
        return function(*args, **kwargs)

    return wrapper


def scaled(by):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(x):
            result = 0
            for k in range(by):
                result += function(x + k)
                print("scaled", by, k, result)
            return result

        return wrapper

    return decorate


class Register:
    known = {}

    def __init__(self, name):
        self.name = name

    def __call__(self, function):
        self.known[self.name] = function
        return function


class Logged:
    def __init__(self, function):
        functools.update_wrapper(self, function)
        self.function = function
        self.log = []

    def __call__(self, x):
        self.log.append(x)
        print("logged", self.log)
        return self.function(x)


@counted
@scaled(2)
@counted
def double(x):
    print("double", x)
    return 2 * x


@Register("half")
@Logged
def half(x):
    return x // 2


for n in range(3):
    print(double(n), double.calls, double.__name__, half(n), Register.known["half"] is half, half.__name__)
print(double.__wrapped__.__wrapped__.calls)
