"""Coroutines, async for, async with and async generators driven by a loop written by hand."""


class Pause:
    def __init__(self, value):
        self.value = value

    def __await__(self):
        got = yield self.value
        return got


class Lock:
    async def __aenter__(self):
        print("locked", await Pause("lock"))
        return self

    async def __aexit__(self, *exc):
        print("unlocked", await Pause("unlock"))


async def ticks(n):
    for k in range(n):
        got = await Pause(f"tick {k}")
        yield k, got


async def worker(name, n):
    total = 0
    async with Lock():
        async for k, got in ticks(n):
            total += got
            print(name, k, got, total)
    return [total, [x async for x, _ in ticks(2)]]


def drive(coroutine):
    sent, count = None, 0
    while True:
        try:
            asked = coroutine.send(sent)
        except StopIteration as stop:
            return stop.value
        count += 1
        sent = count
        print("asked", asked)


for n in range(1, 4):
    print("result", drive(worker(f"w{n}", n)))
