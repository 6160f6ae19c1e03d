"""return/break in finally swallow what was under way; the pending return value waits meanwhile."""


def say(word):
    print("say", word)
    return word


def swallow():
    try:
        raise RuntimeError("lost")
    finally:
        for n in range(2):
            print("finally", n)
        return say("from finally")


def pending():
    try:
        return say("pending value")
    finally:
        for n in range(3):
            print("work while a return waits", n)


def broken(n):
    while True:
        try:
            if n % 2:
                raise ValueError(n)
            return say(f"return {n}")
        finally:
            print("finally", n)
            n += 1
            if n > 5:
                break
    return say("after break")


def rebinding():
    value = 1
    try:
        return value
    finally:
        value = 2
        print("value is now", value)


for _ in range(2):
    print(swallow())
    print(pending())
    print(broken(0), broken(7), broken(5)) if _ else print(broken(5))
    print(rebinding())
