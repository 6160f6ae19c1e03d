"""State in module globals, with a loop in a function of the module."""

total = 0
history = []
_cache = {"last": None}


def step(n):
    global total
    total += n
    history.append(total)
    for k in range(2):
        _cache["last"] = (n, k)
        print("step", n, k, total, _cache)
    return total


def run_loop(n, callback):
    global total
    for k in range(n):
        callback(k)
        total += 1
        print("loop", k, total)
