"""Lock, RLock, Event, Condition, Semaphore, local and Queue held as attributes, some of them locked."""

import queue
import threading


class Store:
    def __init__(self):
        self.lock = threading.Lock()
        self.rlock = threading.RLock()
        self.event = threading.Event()
        self.condition = threading.Condition(self.lock)
        self.semaphore = threading.BoundedSemaphore(3)
        self.local = threading.local()
        self.queue = queue.Queue(maxsize=5)
        self.local.value = 0

    def add(self, n):
        with self.rlock, self.lock:
            with self.rlock:
                for k in range(2):
                    self.local.value += n + k
                    print("locked", self.lock.locked(), self.local.value)
        print("unlocked", self.lock.locked(), self.condition._lock is self.lock)


store = Store()
other = threading.local()
other.items = []
for n in range(4):
    store.add(n)
    store.queue.put(n)
    other.items.append(n)
    store.semaphore.acquire(blocking=False)
    print(store.queue.qsize(), other.items, store.event.is_set(), store.semaphore.acquire(blocking=False))
    store.semaphore.release()
    if n == 2:
        store.event.set()
        store.lock.acquire()
        print("held over the loop", store.lock.acquire(blocking=False))
        store.lock.release()
print(store.queue.get(), store.queue.get_nowait())
