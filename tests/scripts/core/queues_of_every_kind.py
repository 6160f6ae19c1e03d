"""Queues of threads with items and unfinished tasks, priority and last-in queues, a bounded one, deques."""

import collections
import queue

work = queue.Queue()
urgent = queue.PriorityQueue(maxsize=4)
stack = queue.LifoQueue()
simple = queue.SimpleQueue()
recent = collections.deque(maxlen=3)
shared = [work, {"work": work}]
for step in range(6):
    work.put((step, "job"))
    stack.put(step)
    simple.put([step])
    recent.append(step)
    try:
        urgent.put_nowait((-step, str(step)))
    except queue.Full:
        print("full", urgent.qsize())
        print(urgent.get())
    print(step, work.qsize(), work.unfinished_tasks, shared[1]["work"] is work, list(recent))
    if step % 2:
        print(work.get_nowait(), stack.get(), simple.get())
        work.task_done()
while not work.empty():
    print(work.get())
    work.task_done()
work.join()
try:
    simple.get(timeout=0.01)
    print(simple.get_nowait(), simple.get_nowait())
    simple.get_nowait()
except queue.Empty:
    print("empty")
print(work.unfinished_tasks, stack.qsize(), urgent.qsize())
