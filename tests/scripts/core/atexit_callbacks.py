"""atexit callbacks registered before and after the point, and one that was taken back."""

import atexit

log = []


def goodbye(name, *, mark="."):
    log.append(name)
    print("goodbye", name, mark, log)


@atexit.register
def decorated():
    print("decorated", log)


def never():
    print("must not run")


atexit.register(never)
for n in range(5):
    atexit.register(goodbye, n, mark="!" * n)
    log.append(f"registered {n}")
    print(log)
    if n == 2:
        atexit.unregister(never)
        print("taken back")
