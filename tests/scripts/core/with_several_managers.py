"""One `with` over several managers: each __exit__ once, in reverse order, no __enter__ twice."""

depth = 0


class Manager:
    def __init__(self, name):
        self.name = name
        self.entered = 0

    def __enter__(self):
        global depth
        depth += 1
        self.entered += 1
        print("enter", self.name, depth)
        return self

    def __exit__(self, kind, value, tb):
        global depth
        depth -= 1
        print("exit", self.name, depth, self.entered, kind.__name__ if kind else None)
        return False


reused = Manager("reused")
for turn in range(3):
    try:
        with Manager("a") as a, reused, Manager("c") as (c):
            print(a.name, c.name, depth)
            with reused as again:
                print(again is reused, again.entered, depth)
                if turn == 1:
                    raise ArithmeticError(turn)
            print("inner done")
        print("outer done", depth)
    except ArithmeticError as error:
        print("caught", error, depth)
print(reused.entered, depth)
