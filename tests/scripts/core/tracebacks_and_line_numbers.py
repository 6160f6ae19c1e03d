"""Line numbers, source lines and function names in tracebacks must be those of the user's file."""

import traceback
import warnings


def inner(n):
    if n:
        raise ValueError(n)
    return n


def outer(n):
    total = 0
    for k in range(3):
        total += inner(n and k)
    return total


for n in range(2):
    for attempt in range(2):
        try:
            print(outer(n * attempt))
        except ValueError as error:
            for frame in traceback.extract_tb(error.__traceback__):
                print(frame.lineno, frame.name, frame.line)
            print(traceback.format_exc().count("inner"))
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    warnings.warn("here", stacklevel=1)
    print(caught[0].lineno, caught[0].filename == __file__, __file__.endswith(".py"))
