"""`from x import *`, names that shadow builtins and modules, reload, importlib and __getattr__ of a module."""

import importlib

import tools
from tools import *

list = [3, 1, 2]
for n in range(4):
    print(n, sum([1, 2, 3]), len(list), max(list), helper(n))
    print(tools.lazy_value, tools.state, state is tools.state)
    tools.state.append(n)
    if n == 1:
        tools.TEXT = "changed"
        importlib.reload(tools)
        print("reloaded", tools.TEXT, state is tools.state)
    if n == 2:
        from tools import helper, state
    dynamic = importlib.import_module("tools")
    print(dynamic is tools, tools.helper is helper)
