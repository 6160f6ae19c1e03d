"""Statements that span many lines, with calls inside: the position is a range, not a line number."""


def trace(
    label,
    value=None,
    *more,
    sep=("-"
         "-"),
):
    print(label, sep, value,
          more)
    return value


def repeat(times):
    def decorate(function):
        def wrapper(*args):
            results = []
            for n in range(times):
                print("call", n, function.__name__)
                results.append(function(*args))
            return results
        return wrapper
    return decorate


@repeat(
    times=trace("times",
                3),
)
def poly(
    x,
    y=trace(
        "default",
        2,
    ),
):
    return (
        trace("x", x)
        + trace(
            "y",
            y,
        ) * trace("x again", x)
        - (trace("one", 1)
           if x > 1
           else trace("two", 2))
    )


for x in [
    trace("first", 1),
    trace("second", 2),
]:
    print(
        "poly",
        poly(
            x
        ),
    )
text = (
    f"{trace('f', 1)}"
    f" and {trace('g', 2)}"
    " done"
)
print(text)
