"""Functions that call each other, one nested in the other's module-level dict of functions."""


def is_even(n):
    print("even?", n)
    return True if n == 0 else TABLE["odd"](n - 1)


def is_odd(n):
    print("odd?", n)
    return False if n == 0 else is_even(n - 1)


TABLE = {"odd": is_odd}


def parse_sum(tokens):
    value = parse_product(tokens)
    while tokens and tokens[0] in "+-":
        sign = tokens.pop(0)
        right = parse_product(tokens)
        value = value + right if sign == "+" else value - right
        print("sum", value, tokens)
    return value


def parse_product(tokens):
    value = parse_atom(tokens)
    while tokens and tokens[0] == "*":
        tokens.pop(0)
        value *= parse_atom(tokens)
        print("product", value, tokens)
    return value


def parse_atom(tokens):
    token = tokens.pop(0)
    if token == "(":
        value = parse_sum(tokens)
        print("close", tokens.pop(0), value)
        return value
    return int(token)


for n in (4, 7):
    print(n, is_even(n))
for text in ("1+2*3", "(1+2)*(3-4*(5+6))", "2*(3+(4-5)*6)-7"):
    print(text, "=", parse_sum(list(text)))
