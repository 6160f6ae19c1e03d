"""Threads that run on and that no variable leads to: the program goes on without them after a resume."""

import _thread
import threading

stop = threading.Event()
over = threading.Semaphore(0)


def work():
    stop.wait(0.5)
    over.release()


threading.Thread(target=work, name="reader", daemon=True).start()
threading.Thread(target=work, name="joined at the end").start()
_thread.start_new_thread(work, ())
for step in range(8):
    print(step, stop.is_set())
stop.set()
print(stop.is_set())
del stop, over
