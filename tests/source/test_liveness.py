from __future__ import annotations

import pytest

from midrun.source.cut import Cut
from midrun.source.liveness import live_names
from midrun.source.module import Source
from midrun.source.positions import position_at_line
from midrun.source.slots import layouts

CASES = {
    "a name that is bound first is dead": ("x = 1\nprint(x)", {"print"}),
    "a name that is read is live": ("print(x)\nx = 1", {"print", "x"}),
    "one branch is enough": ("if c:\n    x = 1\nprint(x)", {"c", "x", "print"}),
    "a loop may run no time": ("for i in y:\n    x = 1\nprint(x)", {"y", "x", "print"}),
    "the next round reads it": ("while c:\n    print(x)\n    x = 1", {"c", "x", "print"}),
    "a jump goes past the binding": (
        "while c:\n    if d:\n        break\n    x = 1\nprint(x)",
        {"c", "d", "x", "print"},
    ),
    "an exception may come before it": (
        "try:\n    x = f()\nexcept E:\n    print(x)",
        {"f", "E", "x", "print"},
    ),
    "a nested function may read it later": (
        "def g():\n    return x\nx = 1\nreturn g",
        {"x"},
    ),
    "an assignment in place reads it": ("x += 1", {"x"}),
}


@pytest.mark.parametrize("case", CASES)
def test_live(case):
    body, expected = CASES[case]
    text = "def f():\n" + "".join(f"    {line}\n" for line in body.splitlines())
    function = Source("f.py", text).functions["f", 0]
    position = position_at_line(function, 2)
    (layout,) = layouts(function, position)
    cut = Cut(position, layout, {}, frozenset(), ())
    assert live_names(function, cut) == expected
