"""__cause__, __context__, __suppress_context__, notes and groups that outlive the handler."""

import traceback


class AppError(Exception):
    pass


def low(n):
    return {"a": 1}[n]


def middle(n):
    try:
        return low(n)
    except KeyError as error:
        print("in middle", error)
        if n == "b":
            raise AppError("with cause") from error
        if n == "c":
            raise AppError("suppressed") from None
        raise AppError("with context")


def tail(error):
    return traceback.format_exception_only(error)[-1].strip()


kept = []
for n in "abcd":
    try:
        print("value", middle(n))
    except AppError as error:
        error.add_note(f"note for {n}")
        kept.append(error)
        print(tail(error))
        print(repr(error.__cause__), repr(error.__context__), error.__suppress_context__)
for error in kept:
    print(error, error.__notes__, error.__cause__ is error.__context__)

try:
    raise ExceptionGroup("group", [ValueError(1), TypeError(2), ExceptionGroup("in", [ValueError(3)])])
except* ValueError as group:
    for error in group.exceptions:
        print("values", repr(error))
except* TypeError as group:
    print("types", group.exceptions)
print("end")
