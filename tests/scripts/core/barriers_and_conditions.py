"""Events, conditions, barriers, semaphores and locks that are held over statements, by with and by hand."""

import threading

lock, again = threading.Lock(), threading.RLock()
condition = threading.Condition()
own = threading.Condition(again)
event, gate = threading.Event(), threading.Semaphore(2)
barrier = threading.Barrier(1, action=lambda: passed.append(1))
passed = []
for step in range(4):
    with condition:
        condition.notify_all()
        print(step, "in condition")
    with own:
        with own:
            print("twice", own._is_owned())
        print("once", own._is_owned())
    print(condition._is_owned(), barrier.wait(), len(passed), barrier.broken)
    with gate:
        print("gate", gate._value)
        with lock:
            print("lock", lock.locked(), gate.acquire(blocking=False), gate.acquire(blocking=False))
        gate.release()
    print(event.is_set(), event.wait(0.001), gate._value)
    if step == 1:
        event.set()
        again.acquire()
        print("held")
    if step == 2:
        again.release()
print(event.is_set(), again.acquire(blocking=False))
