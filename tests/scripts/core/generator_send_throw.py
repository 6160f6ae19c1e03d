"""send(), throw() and close() in the middle; a generator with a return value."""


def accumulate(start):
    total = start
    while True:
        try:
            got = yield total
        except KeyError as error:
            print("thrown in", error)
            total = -100
            continue
        if got is None:
            break
        for k in range(got):
            total += k
            print("adding", k, total)
    print("returning", total)
    return total


def guarded():
    try:
        while True:
            try:
                yield "value"
            except ValueError:
                yield "caught"
    except GeneratorExit:
        print("closing")
        raise
    finally:
        print("guarded is over")


def driver(rounds):
    adder = accumulate(10)
    print("first", next(adder))
    keeper = guarded()
    for n in range(rounds):
        print("send", n, adder.send(n))
        print("keeper", next(keeper))
        if n == 2:
            print("throw", adder.throw(KeyError("k")))
            print("throw", keeper.throw(ValueError))
    keeper.close()
    try:
        adder.send(None)
    except StopIteration as stop:
        print("returned", stop.value)
        return stop.value


print(driver(3), driver(5))
