"""contextvars: values, tokens, copy_context and a context in which a function runs."""

import contextvars

level = contextvars.ContextVar("level", default=0)
names = contextvars.ContextVar("names")


def show(label):
    for k in range(2):
        print(label, k, level.get(), names.get("none"))
    return level.get()


def nested(n):
    token = level.set(level.get() + n)
    try:
        if n:
            nested(n - 1)
        return show(f"nested {n}")
    finally:
        level.reset(token)
        print("reset", level.get())


names.set(["first"])
for n in range(3):
    print(nested(n))
    names.get().append(n)
    level.set(level.get() + 10)
    context = contextvars.copy_context()
    print(context.run(nested, 1), level.get(), context[names] is names.get(), len(context))
