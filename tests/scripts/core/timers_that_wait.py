"""A Timer that has not been started, and one that was cancelled: threads that do not run are objects like others."""

import threading

fired = threading.Event()
late = threading.Timer(60, fired.set)
late.daemon = True
cancelled = threading.Timer(60, fired.set)
cancelled.start()
cancelled.cancel()
cancelled.join()
for step in range(5):
    print(step, late.is_alive(), cancelled.is_alive(), cancelled.finished.is_set())
    print(late.interval, fired.is_set(), late.name.startswith("Thread"))
late.cancel()
print(late.finished.is_set())
del late, cancelled
