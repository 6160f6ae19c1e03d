"""A module that is made at run time from a file that no import would find again."""

import importlib.util
import sys
import tempfile

TEXT = '''
from __main__ import *

count = 0


def up(values):
    global count
    for value in values:
        count += value
        tell(count)
    return count
'''


def tell(value):
    print("told", value)


def make(name):
    with tempfile.NamedTemporaryFile("w", prefix=name, suffix=".py", delete=False) as file:
        file.write(TEXT)
    spec = importlib.util.spec_from_file_location(name, file.name)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


class Counter:
    up = staticmethod(make("made_here").up)


for step in range(4):
    print(step, Counter.up(range(step, step + 3)), sys.modules["made_here"].count)
print(sys.modules["made_here"].tell is tell)
