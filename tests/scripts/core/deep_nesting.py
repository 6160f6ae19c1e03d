"""Twelve blocks deep, of every kind: each level has to be entered again without being run again."""

from contextlib import contextmanager


@contextmanager
def scope(name):
    print("enter", name)
    try:
        yield name.upper()
    finally:
        print("exit", name)


count = 0
for a in range(2):
    with scope(f"a{a}") as A:
        try:
            b = 0
            while b < 2:
                b += 1
                if (a + b) % 2 == 0 or b:
                    for c in "xy":
                        with scope(c) as C, scope(c * 2) as CC:
                            try:
                                if c == "x":
                                    for d in range(2):
                                        try:
                                            while True:
                                                count += 1
                                                print(a, b, c, d, A, C, CC, count)
                                                if count % 3 == 0:
                                                    raise LookupError(count)
                                                break
                                        except LookupError as error:
                                            print("caught", error)
                                        else:
                                            print("else", d)
                                        finally:
                                            print("finally", d)
                                else:
                                    print("y branch", count)
                            finally:
                                print("finally", c)
        finally:
            print("finally", a)
print(count)
