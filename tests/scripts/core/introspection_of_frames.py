"""locals(), globals(), sys._getframe, inspect and __code__: what the script sees of its own frames."""

import inspect
import sys


def caller_name():
    return sys._getframe(1).f_code.co_name


def work(n, *args, key=None):
    here = inspect.currentframe()
    for k in range(n):
        names = sorted(locals())
        print(k, names, caller_name(), here.f_locals["n"], here.f_code.co_varnames[:4])
        print(inspect.stack()[0].function, here.f_lineno > 0, inspect.signature(work))
    del here
    return sorted(vars())


for n in range(1, 4):
    print(work(n), work.__code__.co_argcount, work.__code__.co_flags & inspect.CO_VARARGS)
    print(inspect.getsource(caller_name).splitlines()[1].strip(), sorted(k for k in globals() if not k.startswith("_")))
