"""ExitStack with callbacks, pushed managers and pop_all: pending exits are bound methods in a deque."""

from contextlib import ExitStack, closing, contextmanager, nullcontext


@contextmanager
def resource(name):
    print("open", name)
    yield name
    print("close", name)


class Closable:
    def __init__(self, n):
        self.n = n

    def close(self):
        print("closing", self.n)


def farewell(*args, **kwargs):
    print("farewell", args, kwargs)


kept = []
for turn in range(3):
    with ExitStack() as exits:
        names = [exits.enter_context(resource(f"r{turn}{k}")) for k in range(2)]
        print(names)
        exits.callback(farewell, turn, key=names[-1])
        for k in range(2):
            thing = exits.enter_context(closing(Closable(k)))
            print("thing", thing.n)
        with nullcontext(turn) as same:
            print("null", same)
        if turn == 1:
            kept.append(exits.pop_all())
            print("kept for later")
        print("end of body")
    print("after", turn)
for stack in kept:
    print("closing kept")
    stack.close()
