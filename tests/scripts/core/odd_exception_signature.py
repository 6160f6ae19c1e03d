"""An exception whose __init__ takes other arguments than its args: naive unpickling calls it wrongly."""


class HttpError(Exception):
    def __init__(self, code, *, body):
        super().__init__(f"status {code}")
        self.code = code
        self.body = body


class Picky(Exception):
    def __init__(self):
        super().__init__("a", "b", "c")


def fetch(n):
    print("fetch", n)
    if n % 3 == 0:
        raise HttpError(500 + n, body=["partial", n])
    if n % 3 == 1:
        raise Picky
    return n


last = None
for n in range(6):
    try:
        print("got", fetch(n))
    except HttpError as error:
        last = error
        for part in error.body:
            print("body", part, error.code, error)
    except Picky as error:
        for part in error.args:
            print("picky", part)
    print(last.code, last.body, last)
