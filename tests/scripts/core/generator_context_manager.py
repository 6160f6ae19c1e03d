"""@contextmanager generators suspended at their yield, nested, throwing and swallowing."""

from contextlib import contextmanager

stack = []


@contextmanager
def pushed(name, swallow=False):
    stack.append(name)
    print("push", stack)
    before = len(stack)
    try:
        yield before
        print("body of", name, "ended well")
    except LookupError as error:
        print("error in", name, repr(error))
        if not swallow:
            raise
    finally:
        print("pop", stack.pop(), before)


@pushed("decorated")
def decorated(n):
    print("in decorated", n, stack)
    return n * 2


for turn in range(3):
    with pushed("outer", swallow=True) as level:
        for name in ("x", "y"):
            with pushed(name) as inner:
                print(turn, level, inner, stack)
                if turn == 1 and name == "y":
                    raise LookupError(turn)
            print("after", name)
        print(decorated(turn))
    print("turn over", stack)
