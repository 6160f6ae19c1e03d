"""Generators in a deque, a dict, an attribute and a tuple in another generator's locals: a scheduler."""

from collections import deque


def task(name, n, inbox):
    for k in range(n):
        message = yield f"{name}{k}"
        inbox.append((name, message))
        print("task", name, k, message)
    print("task", name, "done")


class Scheduler:
    def __init__(self):
        self.ready = deque()
        self.inbox = []
        self.current = None
        self.ticks = self.ticker()

    def ticker(self):
        n = 0
        while True:
            yield n
            n += len(self.ready)

    def run(self):
        while self.ready:
            self.current = self.ready.popleft()
            try:
                label = self.current.send(None)
                print("ran", label, "tick", next(self.ticks), len(self.ready))
            except StopIteration:
                continue
            self.ready.append(self.current)
            if label == "b1":
                self.ready.appendleft(task("late", 2, self.inbox))


def wrapper(scheduler, inner):
    box = (inner, {"again": inner})
    for item in box[0]:
        print("wrapped", item, box[0] is box[1]["again"])
        yield "w" + item


scheduler = Scheduler()
scheduler.ready.extend([task("a", 3, scheduler.inbox), task("b", 2, scheduler.inbox)])
scheduler.ready.append(wrapper(scheduler, task("c", 2, scheduler.inbox)))
scheduler.run()
print(scheduler.inbox, next(scheduler.ticks))
