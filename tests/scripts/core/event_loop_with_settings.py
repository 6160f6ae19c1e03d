"""A loop with an executor, timeouts, signal handlers and futures that are done; functions that coroutines and callbacks call."""

import asyncio
import contextvars
import signal

name = contextvars.ContextVar("name", default="nobody")
asked = []


class Loop(asyncio.SelectorEventLoop):
    def __init__(self, label):
        super().__init__()
        self.label = label


def squares(n):
    for k in range(n):
        yield k * k


def called(n):
    total = 0
    for square in squares(n):
        total += square
    print("called", n, total)
    return total


async def inside(n):
    name.set(f"task {n}")
    value = await asyncio.wait_for(loop.run_in_executor(None, abs, -n), timeout=30)
    loop.call_soon(called, n)
    await asyncio.sleep(0)
    return called(n) + value


class Policy(asyncio.DefaultEventLoopPolicy):
    made = 0

    def new_event_loop(self):
        self.made += 1
        return Loop(f"loop {self.made}")


policy = Policy()
asyncio.set_event_loop_policy(policy)
loop = asyncio.new_event_loop()
loop.set_debug(True)
loop.add_signal_handler(signal.SIGUSR2, asked.append, 2)
asyncio.set_event_loop(loop)
done = loop.create_future()
done.set_result([1])
failed = loop.create_future()
failed.set_exception(KeyError("k"))
where = contextvars.copy_context()
where.run(name.set, "elsewhere")
late = loop.call_later(0.001, print, "never")
for step in range(5):
    late.cancel()
    late = loop.call_later(60, print, "never")
    loop.call_soon(called, 2, context=where)
    print(step, loop.run_until_complete(inside(step)), name.get(), where[name])
    loop.call_soon(signal.raise_signal, signal.SIGUSR2)
    loop.call_soon(print, "soon")
    loop.run_until_complete(asyncio.sleep(0.01))
    print(loop.label, loop.get_debug(), asked, policy.made)
    print(policy is asyncio.get_event_loop_policy(), policy.get_event_loop() is loop)
    print(done.result(), repr(failed.exception()), done.get_loop() is loop)
loop.close()
print(loop.is_closed())
del loop, late, done, failed, policy, where
