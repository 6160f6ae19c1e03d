"""asyncio.run with tasks, a queue and gather: the loop cannot be saved, but the program around it can."""

import asyncio

results = []


async def produce(queue, n):
    for k in range(n):
        await queue.put(k)
        print("put", k)
        await asyncio.sleep(0)
    await queue.put(None)


async def consume(queue):
    total = 0
    while (item := await queue.get()) is not None:
        total += item
        print("got", item, total)
    return total


async def main(n):
    queue = asyncio.Queue(maxsize=2)
    _, total = await asyncio.gather(produce(queue, n), consume(queue))
    return total


for n in range(1, 5):
    results.append(asyncio.run(main(n)))
    print("result", results)
    for k in range(2):
        print("between", n, k)
