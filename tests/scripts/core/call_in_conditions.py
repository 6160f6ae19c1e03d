"""Calls in comparison chains, and/or, conditional expressions, not: each is evaluated at most once."""

trail = []


def ask(name, value):
    trail.append(name)
    for step in range(2):
        print("ask", name, step)
    return value


for n in range(4):
    print(ask("low", 0) < ask("mid", n) <= ask("high", 2))
    print(ask("or1", n == 3) or ask("or2", n == 2) or ask("or3", "default"))
    print(ask("and1", n) and ask("and2", n > 1) and ask("and3", [n]))
    print(ask("then", "t") if ask("test", n % 2) else ask("else", "e"))
    print(not ask("not", n), ask("in", n) in [ask("item", 1), ask("item", 2)])
    if ask("if", n) > 1 and not ask("and if", n == 3):
        print("branch one")
    elif ask("elif", n == 3):
        print("branch two")
    else:
        print("branch three")
    print(len(trail))
