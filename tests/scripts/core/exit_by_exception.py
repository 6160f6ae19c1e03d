"""The program ends with an uncaught exception: exit code 1, the traceback, and excepthook of the user's."""

import sys


def hook(kind, value, tb):
    depth = 0
    while tb:
        depth += tb.tb_frame.f_code.co_filename == __file__
        tb = tb.tb_next
    print("hook", kind.__name__, value, depth > 2)


sys.excepthook = hook


def recurse(n):
    print("recurse", n)
    if n == 0:
        raise ArithmeticError("the end")
    recurse(n - 1)
    print("not reached")


for n in range(4):
    try:
        recurse(n)
    except ArithmeticError as error:
        print("caught", error)
recurse(3)
