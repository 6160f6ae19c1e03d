"""An instance with __call__, used as a function, a decorator and a key function, holding state."""


class Schedule:
    def __init__(self, start):
        self.value = start
        self.calls = []

    def __call__(self, x=0):
        for k in range(2):
            self.value *= 0.5
            self.calls.append((x, k))
            print("schedule", x, k, self.value)
        return self.value + x


class Compose:
    def __init__(self, *steps):
        self.steps = steps

    def __call__(self, x):
        for index, step in enumerate(self.steps):
            x = step(x)
            print("step", index, x)
        return x


schedule = Schedule(64.0)
pipeline = Compose(schedule, abs, Compose(schedule, round), lambda x: -x, schedule.__call__)
for n in range(3):
    print(pipeline(n), schedule.value, len(schedule.calls), pipeline.steps[0] is schedule)
