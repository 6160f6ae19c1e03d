"""A loop that runs in a thread of its own, one that listens, and one in which a coroutine waits: missing, and the rest goes on."""

import asyncio
import socket
import threading


async def forever():
    await asyncio.sleep(60)


elsewhere = asyncio.new_event_loop()
thread = threading.Thread(target=elsewhere.run_forever, daemon=True)
thread.start()
waiting = asyncio.new_event_loop()
task = waiting.create_task(forever())
listening = asyncio.new_event_loop()
listening.add_reader(socket.socketpair()[0], print)
for step in range(6):
    print(step, asyncio.run(asyncio.sleep(0, result=step)))
print("over")
del elsewhere, thread, waiting, task, listening
