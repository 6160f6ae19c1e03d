"""A bare raise, and one in a helper function, long after the handler was entered."""


def reraise():
    print("helper raises")
    raise


def attempt(n):
    try:
        raise OSError(n, f"problem {n}")
    except OSError:
        total = 0
        for k in range(n):
            total += k
            print("cleanup", k, total)
        if n % 2:
            reraise()
        raise


for n in range(1, 5):
    try:
        attempt(n)
    except OSError as error:
        print(error.errno, error.strerror, error.__context__, error.__traceback__ is not None)
try:
    reraise()
except RuntimeError as error:
    print(error)
