"""An asyncio loop that is kept and run again and again: idle between two runs, it is made anew."""

import asyncio


async def answer(n):
    await asyncio.sleep(0)
    return n + 1


async def gathered(n):
    return await asyncio.gather(*(answer(k) for k in range(n)))


loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
runner = asyncio.Runner()
waiting = asyncio.Queue()
turnstile = asyncio.Lock()
total = 0
for step in range(4):
    total += loop.run_until_complete(answer(step))
    print(step, total, loop.is_closed(), asyncio.get_event_loop_policy().get_event_loop() is loop)
    print(runner.run(gathered(step)))
    waiting.put_nowait(step)
    print(waiting.qsize(), turnstile.locked())
    asyncio.set_event_loop(loop)
runner.close()
loop.close()
print(loop.is_closed(), waiting.get_nowait())
del loop, runner, waiting, turnstile
