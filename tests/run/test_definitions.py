"""Edits of classes, constants and imports, from end to end."""

from __future__ import annotations

from pathlib import Path

import pytest
from edited_program import Program

CLASSES = """
    import dataclasses
    from abc import ABC, abstractmethod

    class Base:
        def who(self):
            return "base"

    class Other:
        def who(self):
            return "other"

    class Net(Base):
        depth = 3
        old_name = "old"

        def __init__(self):
            self.__secret = 7

        def forward(self, x, k=1):
            return x * self.depth + k

        def who(self):
            return "net"

        class Config:
            size = 1

        def gone(self):
            return "gone"

        @property
        def width(self):
            return 10

    @dataclasses.dataclass
    class Point:
        x: int
        tags: list = dataclasses.field(default_factory=list)

    def scale(x, by=2):
        return x * by

    def report(net, point):
        print("forward", net.forward(1))

    net = Net()
    point = Point(1)
    hold = scale, net.forward, Net
    print("now")  # here
    report(net, point)
    print("same", hold[0] is scale, hold[2] is Net, type(net) is Net)
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Program:
    program = Program(tmp_path_factory.mktemp("classes"))
    program.write(CLASSES)
    program.run()
    return program


@pytest.fixture
def classes(ran: Program) -> Program:
    """With instances of classes alive; not edited yet."""
    ran.write(CLASSES)
    return ran


SAME = "same True True True"


def show(program: Program, *expressions: str) -> list[str]:
    """What expressions give in the resumed program."""
    lines = "\n    ".join(f"print({text})" for text in expressions)
    program.edit('print("forward", net.forward(1))', lines)
    resumed = program.resume()
    assert resumed.lines[:1] == ["now"], resumed.said
    assert resumed.lines[-1] == SAME, resumed.said
    return resumed.lines[1:-1]


def test_a_method(classes: Program) -> None:
    classes.edit("return x * self.depth + k", "return x * self.depth + k + self.__secret")
    assert show(classes, "net.forward(1)", "hold[1](1)") == ["11", "11"]


def test_a_default(classes: Program) -> None:
    classes.edit("def forward(self, x, k=1)", "def forward(self, x, k=50, *, extra=1000)")
    classes.edit("self.depth + k", "self.depth + k + extra")
    classes.edit("def scale(x, by=2)", "def scale(x, by=5)")
    assert show(classes, "net.forward(1)", "hold[1](1)", "scale(1), hold[0](1)") == [
        *["1053", "1053", "5 5"]
    ]


def test_a_new_method_with_super_and_mangling(classes: Program) -> None:
    classes.edit(
        "class Config:",
        "def fresh(self):\n        return super().who(), self.__secret, __class__\n\n"
        "    class Config:",
    )
    assert show(classes, "net.fresh()") == ["('base', 7, <class '__main__.Net'>)"]


def test_super_in_a_method_that_had_none(classes: Program) -> None:
    classes.edit('return "net"', 'return "net of " + super().who()')
    assert show(classes, "net.who()") == ["net of base"]


def test_class_attributes(classes: Program) -> None:
    classes.edit("depth = 3\n", "depth = 4\n    more = [depth, old_name] if False else depth + 1\n")
    assert show(classes, "net.depth, net.more, net.forward(1)") == ["4 5 5"]


def test_deleted_members(classes: Program) -> None:
    classes.edit('    def gone(self):\n        return "gone"\n\n', "")
    classes.edit('    old_name = "old"\n', "")
    assert show(classes, 'hasattr(net, "gone"), hasattr(Net, "old_name")') == ["False False"]


def test_a_nested_class(classes: Program) -> None:
    classes.edit("size = 1", "size = 2\n        def name(self): return type(self).__qualname__")
    assert show(classes, "Net.Config.size, Net.Config().name()") == ["2 Net.Config"]
    assert "Net.Config.name" in show_again(classes, "Net.Config.name.__qualname__")[0]


def show_again(program: Program, expression: str) -> list[str]:
    program.edit("print(Net.Config.size, Net.Config().name())", f"print({expression})")
    return program.resume().lines[1:-1]


def test_a_decorator_of_a_method(classes: Program) -> None:
    classes.edit("@property\n    def width(self):", "@staticmethod\n    def width():")
    assert show(classes, "Net.width()") == ["10"]


def test_bases(classes: Program) -> None:
    classes.edit("class Net(Base):", "class Net(Other):")
    classes.edit('return "net"', "return super().who()")
    assert show(classes, "net.who(), Net.__mro__[1].__name__") == ["other Other"]


def test_bases_that_cannot_change(classes: Program) -> None:
    classes.edit("class Net(Base):", "class Net(dict):")
    classes.edit('print("forward", net.forward(1))', "pass")
    resumed = classes.resume()
    assert "a.py:12: class Net: its bases changed, to no effect" in resumed.said
    assert resumed.lines == ["now", SAME]


def test_a_field_of_a_dataclass(classes: Program) -> None:
    classes.edit("    x: int\n", "    x: int\n    y: int\n    z: int = 5\n")
    lines = show(classes, "Point(1, 2)", 'point.x, point.z, hasattr(point, "y")')
    assert lines == ["Point(x=1, y=2, z=5, tags=[])", "1 5 False"]
    resumed = classes.resume()
    assert "class Point: existing instances lack the new field y" in resumed.said
    assert "field z" not in resumed.said


def test_a_decorator_of_a_function(classes: Program) -> None:
    classes.edit(
        "def scale(x", "def loud(f):\n    return lambda x: f(x) + 1000\n\n@loud\ndef scale(x"
    )
    classes.edit("hold[0] is scale", "hold[0] is not scale")
    assert show(classes, "scale(1), hold[0](1)") == ["1002 2"]


def test_a_new_class_and_a_deleted_one(classes: Program) -> None:
    classes.edit("class Other:", "class Another:")
    assert show(classes, 'Another().who(), "Other" in globals()') == ["other False"]


def test_a_new_abstract_method(classes: Program) -> None:
    classes.edit(
        "class Other:", "class Other(ABC):\n    @abstractmethod\n    def must(self): ...\n"
    )
    classes.edit('print("forward", net.forward(1))', "Other()")
    assert "its bases changed, to no effect" in classes.resume().said


def test_a_changed_statement_that_fails(classes: Program) -> None:
    classes.edit("net = Net()", "net = Net(1)")
    resumed = classes.resume()
    assert resumed.code == 2
    assert "a.py:46: the changed statement was run again and failed with TypeError" in resumed.said


def test_conditional_definitions(classes: Program) -> None:
    classes.edit(
        "class Base:",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import nothing\n"
        "try:\n    import nothing\nexcept ImportError:\n    nothing = None\n\nclass Base:",
    )
    assert show(classes, "nothing") == ["None"]


def test_classes_that_cannot_change(program: Program) -> None:
    program.write("""
        import enum
        from typing import NamedTuple

        class Color(enum.Enum):
            RED = 1

            def name_of(self):
                return "red"

        class Pair(NamedTuple):
            x: int

        pair = Pair(1)
        print("now")  # here
        print(Color.RED.name_of(), list(Color), pair)
    """)
    program.run()
    program.edit("RED = 1", "RED = 1\n    BLUE = 2")
    program.edit('return "red"', 'return "RED"')
    program.edit("x: int", "x: int\n    y: int = 0")
    resumed = program.resume()
    assert resumed.lines == ["now", "RED [<Color.RED: 1>] Pair(x=1)"]
    assert "class Color: changed, to no effect: a class made by EnumType" in resumed.said
    assert "class Pair: changed, to no effect: a named tuple can't be changed" in resumed.said


def test_a_loop_that_had_run_is_not_run_again(program: Program) -> None:
    program.write("""
        found = []
        for i in range(3):
            found.append(i)
        print(found)  # here
    """)
    program.run()
    program.edit("found.append(i)", "found.append(i + 1)")
    resumed = program.resume()
    assert resumed.lines == ["[0, 1, 2]"]
    assert "a.py:2: changed, not run again: for i in range(3):" in resumed.said


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


@pytest.fixture
def package(program: Program) -> Program:
    program.write("LR = 1\nNAMES = ['a']\ndef rate():\n    return LR\n", "config.py")
    program.write("from config import *\nfrom config import LR as first\n", "middle.py")
    program.write("""
        import config
        from config import LR, NAMES as names, rate
        from middle import first

        taken = LR
        LOCAL = 5
        print("now")  # here
        print(LR, first, rate(), taken, LOCAL)
    """)
    program.run()
    return program


def test_a_constant_of_another_module(package: Program) -> None:
    package.edit("LR = 1", "LR = 2", "config.py")
    assert package.resume().lines == ["now", "2 2 2 1 5"]


def test_a_new_module(package: Program) -> None:
    package.write("def extra():\n    return 'extra'\n", "brand_new.py")
    package.edit("LOCAL = 5", "from brand_new import extra\nLOCAL = extra()")
    assert package.resume().lines == ["now", "1 1 1 1 extra"]


def test_a_deleted_import_and_constant(package: Program) -> None:
    package.edit("LOCAL = 5\n", "")
    package.edit(", LOCAL)", ', "LOCAL" in globals(), "names" in globals())')
    package.edit("LR, NAMES as names, rate", "LR, rate")
    assert package.resume().lines == ["now", "1 1 1 1 False False"]


def test_a_deleted_file_goes_on_as_it_was(package: Program) -> None:
    (package.folder / "middle.py").unlink()
    assert package.resume().lines == ["now", "1 1 1 1 5"]
