"""A factory of counters, each with a private cell, called in turns from a loop in a function."""


def counter(name, start=0):
    n = start

    def step(by=1):
        nonlocal n
        n += by
        print(name, n)
        return n

    def reset():
        nonlocal n
        n = start

    step.reset = reset
    step.name = name
    return step


def main():
    counters = [counter("a"), counter("b", 10), counter("c", 100)]
    for turn in range(4):
        for index, step in enumerate(counters):
            step(turn * index + 1)
            if turn == 2 and step.name == "b":
                step.reset()
                print("reset", step(0))
    return [step(0) for step in counters]


print(main())
print(main())
