"""Yields whose values stand on other lines: a line event comes before they are yielded."""


def numbers(n):
    total = 0
    for k in range(n):
        got = yield (
            k,
            total,
        )
        total += (
            got
            or k
        )
    sent = yield [
        total,
        n,
    ]
    return (
        sent,
        total,
    )


def relay(n):
    result = yield from numbers(
        n,
    )
    print("result", result)
    yield (
        result[
            1
        ]
    )


for n in (3, 4):
    stream = relay(n)
    value = next(
        stream,
    )
    while value is not None:
        print(n, value)
        try:
            value = stream.send(
                n,
            )
        except StopIteration:
            value = None
