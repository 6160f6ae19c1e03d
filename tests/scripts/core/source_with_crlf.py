"""A source file with CRLF line ends, a continuation line and a multi-line string."""

text = """one
two"""
total = 0
for n in range(4):
    total += n + \
        len(text)
    print("turn", n, total)
    for line in text.splitlines():
        print(repr(line), n)
        if n == 2:
            continue
        total -= 1
    else:
        print("else", total)


def work(n):
    print("work", n,
          total)
    return f"""{n}
{text!r}"""


print(repr(work(1)), repr(work(work(2))))
