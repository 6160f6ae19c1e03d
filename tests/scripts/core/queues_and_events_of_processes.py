"""multiprocessing's queues between two uses, its events and counters; a pipe and a socket that nobody uses again."""

import multiprocessing
import socket

context = multiprocessing.get_context("fork")
jobs, simple, joined = context.Queue(9), context.SimpleQueue(), context.JoinableQueue()
over, begun = context.Event(), context.Event()
counter, bounded, lock = context.Semaphore(2), context.BoundedSemaphore(3), context.RLock()
ends, wires = multiprocessing.Pipe(), socket.socketpair()


def work(n, queue, answers):
    answers.put(queue.get() * n)


def ask(n):
    children = [context.Process(target=work, args=(n, jobs, simple))]
    return [(c.start(), jobs.put(n), c.join(), c.close(), simple.get()) for c in children][-1][-1]


for step in range(5):
    print([ask(step)], simple.empty(), jobs.empty(), jobs._maxsize)
    print((joined.put(step), joined.get(), joined.task_done()), joined.empty())
    joined.join()
    over.set()
    print(step, over.is_set(), begun.is_set(), counter.get_value(), bounded.get_value())
    over.clear() if step % 2 else bounded.acquire(timeout=0.01)
    with lock:
        print(over.is_set(), bounded.get_value(), counter.acquire(timeout=0.01))
print(over.wait(0.01), begun.wait(0.01))
del jobs, simple, joined, ends, wires, over, begun, counter, bounded, lock
