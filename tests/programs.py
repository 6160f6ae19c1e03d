"""Random programs for testing that a resumed run equals an uninterrupted one.

`build` writes the text of a valid, deterministic program that always ends: it keeps account of
how often each statement can run at most, and writes no call or loop that would go over the
limit. `programs` is the same as a Hypothesis strategy (every choice is a draw, so failures
shrink), and `edited` changes a program in ways that cannot touch what has run already.

Nearly every statement of a program hands a value computed from its state to `trace`, which
prints it and keeps it in `log`: a resume that goes wrong shows in the very next lines.
"""

from __future__ import annotations

import ast
import io
import random
import re
import tokenize
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

PRELUDE = """\
from contextlib import contextmanager

log = []


def trace(*values):
    log.append(values)
    print(*values)
    return values[-1]


class Boom(Exception):
    def __init__(self, value):
        super().__init__(f"boom {value}")
        self.value = value


class Scope:
    def __init__(self, value, swallow=False):
        self.value = value
        self.swallow = swallow

    def __enter__(self):
        trace("enter", self.value)
        return self.value

    def __exit__(self, kind, error, tb):
        trace("exit", self.value, kind and kind.__name__)
        return self.swallow and kind is Boom


@contextmanager
def scope(value):
    trace("open", value)
    try:
        yield value + 1
    finally:
        trace("close", value)


g0, g1 = 3, 5
items = [1, 2, 3]
table = {"k": 4, "items": items}
alias = table
"""

_MAX_DEPTH = 3  # nesting of blocks within one function
_MODULE_COST = 900  # statements that the module's own code may cause to run
_ROUTINE_COST = 45  # the same for one call of a function


@dataclass
class _Routine:
    """Something that the program can call."""

    name: str
    arity: int
    cost: int = 0
    raises: bool = False
    yields: int = 0
    second: str = "b"  # the name of its second parameter


@dataclass
class _Unit:
    """The body of one function, or of the module, while it is written."""

    kind: str  # "module", "function" or "generator"
    limit: int
    cost: int = 0
    raises: bool = False
    yields: int = 0


@dataclass(frozen=True)
class _Block:
    """What holds at one place of the program."""

    unit: _Unit
    readable: list[str]
    writable: list[str]
    calls: list[_Routine]
    generators: list[_Routine]
    streams: list[str] = field(default_factory=list)  # names bound to generators
    times: int = 1  # how often the block can run in one call of its unit
    depth: int = 0
    in_loop: bool = False
    shielded: bool = False  # a Boom raised here is caught in the same unit
    in_finally: bool = False

    def inner(self, **changes: object) -> _Block:
        """A block within this one: what is bound in it stays in it."""
        copies = {
            name: list(getattr(self, name))
            for name in ("readable", "writable", "calls", "generators", "streams")
        }
        return replace(self, depth=self.depth + 1, **{**copies, **changes})  # type: ignore[arg-type]

    def affords(self, cost: int) -> bool:
        return self.unit.cost + cost * self.times <= self.unit.limit

    def spend(self, cost: int) -> None:
        self.unit.cost += cost * self.times

    @property
    def may_raise(self) -> bool:
        """Whether a Boom raised here ends in a handler, or in the caller of the unit.

        Not in the `finally` of a generator, which may run when the generator is dropped.
        """
        if self.unit.kind == "generator" and self.in_finally:
            return self.shielded
        return self.shielded or self.unit.kind != "module"

    def note_raise(self) -> None:
        if not self.shielded:
            self.unit.raises = True


class _Author:
    """Writes one program, drawing every choice from `rng`."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.lines: list[str] = []
        self.margin = 0
        self.count = 0

    # -- text ------------------------------------------------------------------------------

    def put(self, text: str) -> None:
        self.lines.append("    " * self.margin + text)

    @contextmanager
    def indented(self, header: str) -> Iterator[None]:
        self.put(header)
        self.margin += 1
        yield
        self.margin -= 1

    def fresh(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def label(self) -> str:
        return f'"{self.fresh("L")}"'

    def chance(self, one_in: int) -> bool:
        return self.rng.randint(1, one_in) == one_in

    # -- expressions: always an int --------------------------------------------------------

    def small(self) -> str:
        return str(self.rng.randint(0, 4))

    def atom(self, b: _Block) -> str:
        options = [self.small(), *b.readable, *b.writable, 'table["k"]', "items[-1]", "len(items)"]
        return self.rng.choice(options)

    def expr(self, b: _Block, depth: int = 2) -> str:
        """An expression; calls stand at any place in it, so that points fall in its middle."""
        if depth == 0 or self.chance(4):
            return self.atom(b)
        a, c = self.expr(b, depth - 1), self.expr(b, depth - 1)
        options: list[Callable[[], str]] = [
            lambda: f"({a} {self.rng.choice('+-*')} {c})",
            lambda: f"({a} if {self.condition(b)} else {c})",
            lambda: f"({a} or {c})",
            lambda: f"({a} and {c})",
            lambda: f"int({a} < {c} <= {self.atom(b)})",
            lambda: self.formatted(a, c),
            lambda: f"({a}, {c})[{self.rng.randint(0, 1)}]",
            lambda: f'{{"x": {a}, "y": {c}}}["{self.rng.choice("xy")}"]',
            lambda: f"(lambda q, r={a}: q - r)({c})",
            lambda: f"sum([q * {a} for q in range({self.small()})])",
            lambda: f"({self.fresh('w')} := {a})",
            lambda: f"trace({self.label()}, {a})",
        ]
        if b.streams:
            options.append(lambda: f"next({self.rng.choice(b.streams)}, {a})")
        plain = len(options)
        options += [self.caller(b, routine) for routine in self.affordable(b, b.calls)] * 3
        pick = self.rng.randint(0, len(options) - 1)
        if pick >= plain or depth == 2:
            return options[pick]()
        return options[pick % plain]()

    def formatted(self, a: str, c: str) -> str:
        if '"' in a + c:  # Python 3.11 allows no such nesting in an f-string
            return f'len("{{}}{{:>3}}".format({a}, {c}))'
        return f'len(f"{{{a}}}{{{c}:>3}}")'

    def affordable(self, b: _Block, routines: list[_Routine], each: int = 1) -> list[_Routine]:
        return [r for r in routines if b.affords(r.cost * each) and (b.may_raise or not r.raises)]

    def caller(self, b: _Block, routine: _Routine) -> Callable[[], str]:
        def write() -> str:
            if not b.affords(routine.cost):
                return self.atom(b)
            return self.call(b, routine)

        return write

    def call(self, b: _Block, routine: _Routine) -> str:
        """A call, charged for; its own arguments may be calls too."""
        b.spend(routine.cost)
        if routine.raises:
            b.note_raise()
        args = [self.expr(b, 1) if self.chance(3) else self.atom(b) for _ in range(routine.arity)]
        if routine.name.startswith("rec"):
            args[0] = str(self.rng.randint(1, 3))
        elif len(args) == 2 and self.chance(3):
            by_name = [args[0], f"{routine.second}={args[1]}"]
            args = self.rng.choice([by_name, [f"*[{', '.join(args)}]"]])
        return f"{routine.name}({', '.join(args)})"

    def condition(self, b: _Block) -> str:
        return f"{self.atom(b)} % {self.rng.randint(2, 3)} {self.rng.choice(['==', '!='])} 0"

    # -- statements ------------------------------------------------------------------------

    def block(self, b: _Block, most: int = 3) -> None:
        """One to `most` statements; never empty, so that it is valid as a body."""
        for _ in range(self.rng.randint(1, most if b.depth < 2 else 2)):
            self.statement(b)

    def statement(self, b: _Block) -> None:
        b.spend(1)
        kinds: list[Callable[[_Block], None]] = [
            self.trace, self.trace, self.assign, self.augment, self.share, self.expression,
        ]  # fmt: skip
        if b.depth < _MAX_DEPTH and b.affords(6):
            kinds += [self.branch, self.branch, self.for_loop, self.for_loop, self.while_loop]
            kinds += [self.try_block] * 3 + [self.with_block] * 2 + [self.match]
            kinds += [self.lambdas]
            if self.affordable(b, b.generators):
                kinds += [self.for_generator, self.for_generator, self.stream, self.drive]
            if b.unit.kind != "module" and b.affords(12):
                kinds += [self.nested] * 2
        if b.unit.kind == "generator" and not b.in_finally:
            kinds += [self.yields] * 5
        if b.in_loop or b.unit.kind != "module":
            kinds += [self.leave, self.leave]
        if b.may_raise:
            kinds += [self.raises]
        self.rng.choice(kinds)(b)

    def trace(self, b: _Block) -> None:
        self.put(f"trace({self.label()}, {self.expr(b)})")

    def assign(self, b: _Block) -> None:
        target = self.rng.choice(b.writable)
        if self.chance(4) and len(b.writable) > 1:
            other = self.rng.choice([name for name in b.writable if name != target])
            self.put(f"{target}, {other} = {self.atom(b)}, {self.expr(b)} % 97")
        else:
            self.put(f"{target} = {self.expr(b)} % 97")

    def augment(self, b: _Block) -> None:
        target = self.rng.choice([*b.writable, 'table["k"]', "items[0]", "items[-1]"])
        self.put(f"{target} += {self.expr(b)} % 97")
        self.put(f"{target} %= 97")

    def share(self, b: _Block) -> None:
        self.put(
            self.rng.choice([
                f"items.append({self.expr(b)} % 97)",
                f'alias["k"] = {self.expr(b)} % 97',
                'trace("same", alias is table, table["items"] is items, len(items))',
                "items.insert(0, items.pop())",
                "del items[3:]",
                f'table["items"][0], items[-1] = items[-1], {self.atom(b)}',
            ])
        )  # fmt: skip

    def expression(self, b: _Block) -> None:
        self.put(self.expr(b))

    def branch(self, b: _Block) -> None:
        with self.indented(f"if {self.condition(b)}:"):
            self.block(b.inner())
        if self.chance(3):
            with self.indented(f"elif {self.expr(b)} > {self.small()}:"):
                self.block(b.inner())
        if self.chance(2):
            with self.indented("else:"):
                self.block(b.inner())

    def match(self, b: _Block) -> None:
        name = self.fresh("m")
        with self.indented(f"match [{self.expr(b)} % 3, {self.atom(b)}]:"):
            with self.indented(f"case [0, {name}]:"):
                self.block(b.inner(readable=[*b.readable, name]))
            with self.indented(f"case [{name}, *_] if {name} > 1:"):
                self.block(b.inner(readable=[*b.readable, name]))
            with self.indented("case _:"):
                self.block(b.inner())

    def loop_else(self, b: _Block) -> None:
        if self.chance(3):
            with self.indented("else:"):
                self.block(b.inner(), 2)

    def loop_body(self, b: _Block, turns: int, **changes: object) -> None:
        body = b.inner(times=b.times * turns, in_loop=True, **changes)
        self.block(body)
        self.put(f"trace({self.label()}, {self.atom(body)})")
        body.spend(1)

    def for_loop(self, b: _Block) -> None:
        turns = self.rng.randint(1, 3)
        names = [name for name in b.writable if name.isidentifier()]
        target = self.rng.choice(names) if names and self.chance(3) else self.fresh("i")
        header = self.rng.choice([
            f"for {target} in range({turns}):",
            f"for {target} in [{', '.join(self.expr(b, 1) for _ in range(turns))}]:",
            f"for {target}, {self.fresh('v')} in enumerate((items * 3)[:{turns}]):",
            f"for {target} in reversed(range({turns})):",
            f"for {target}, _ in zip(list(items), range({turns})):",
        ])  # fmt: skip
        with self.indented(header):
            self.loop_body(b, turns, readable=[*b.readable, target])
        self.loop_else(b)

    def while_loop(self, b: _Block) -> None:
        turns = self.rng.randint(1, 3)
        counter = self.fresh("n")
        self.put(f"{counter} = 0")
        test = f" and {self.expr(b)} != {self.small()}" if self.chance(3) else ""
        header = f"while {counter} < {turns}{test}:" if test or self.chance(2) else "while True:"
        with self.indented(header):
            self.put(f"{counter} += 1")
            if header == "while True:":
                with self.indented(f"if {counter} > {turns}:"):
                    self.put("break")
            self.loop_body(b, turns, readable=[*b.readable, counter])
        self.loop_else(b)

    def try_block(self, b: _Block) -> None:
        catches = self.chance(2) or not self.chance(3)
        with self.indented("try:"):
            self.block(b.inner(shielded=b.shielded or catches))
        if catches:
            name = self.fresh("e")
            header, known = self.rng.choice([
                (f"except Boom as {name}:", [f"{name}.value"]),
                ("except Boom:", []),
                (f"except (KeyError, Boom) as {name}:", [f"{name}.value"]),
            ])  # fmt: skip
            with self.indented(header):
                handler = b.inner(readable=[*b.readable, *known])
                self.block(handler)
                if b.may_raise and self.chance(4):
                    handler.note_raise()
                    again = ["raise", "raise Boom(7)"]
                    if known:
                        again.append(f"raise Boom(8) from {name}")
                    self.put(self.rng.choice(again))
            if self.chance(3):
                with self.indented("else:"):
                    self.block(b.inner(), 2)
        if not catches or self.chance(3):
            with self.indented("finally:"):
                shielded = b.shielded and b.unit.kind != "generator"
                self.block(b.inner(in_finally=True, shielded=shielded), 2)

    def with_block(self, b: _Block) -> None:
        name = self.fresh("c")
        swallow = self.chance(2)
        first = f"Scope({self.expr(b, 1)}, {swallow}) as {name}"
        second = f"scope({self.expr(b, 1)}) as {name}"
        header = self.rng.choice([first, second, f"scope({self.atom(b)}), {first}"])
        with self.indented(f"with {header}:"):
            shielded = b.shielded or (swallow and first in header)
            b.spend(4)
            self.block(b.inner(readable=[*b.readable, name], shielded=shielded))

    def lambdas(self, b: _Block) -> None:
        name = self.fresh("f")
        self.put(f"{name} = [lambda q: q + {self.atom(b)}, lambda q, r={self.atom(b)}: q * r]")
        b.calls.append(_Routine(f"{name}[{self.rng.randint(0, 1)}]", 1))
        self.trace(b)

    def leave(self, b: _Block) -> None:
        """An early exit, mostly under a condition."""
        # In a generator, leaving a finally would swallow the GeneratorExit of close().
        if b.in_finally and (b.unit.kind == "generator" or not self.chance(4)):
            return self.trace(b)
        exits = ["break", "continue"] if b.in_loop else []
        if b.unit.kind != "module":
            exits.append(f"return {self.expr(b)} % 97")
        leave = self.rng.choice(exits)
        if self.chance(8):
            self.put(leave)
        else:
            with self.indented(f"if {self.condition(b)}:"):
                if self.chance(2):
                    self.put(f"trace({self.label()})")
                self.put(leave)
        return None

    def raises(self, b: _Block) -> None:
        b.note_raise()
        with self.indented(f"if {self.condition(b)}:"):
            self.put(f"raise Boom({self.expr(b, 1)})")

    # -- generators ------------------------------------------------------------------------

    def for_generator(self, b: _Block) -> None:
        name, turns = self.fresh("y"), self.rng.randint(1, 4)
        fits = self.affordable(b, b.generators)
        routine = self.rng.choice(fits)
        turns = min(turns, max(routine.yields, 1))
        call = self.call(b, routine)
        if turns < routine.yields:
            header = f"for {name}, _ in zip({call}, range({turns})):"
        else:
            header = f"for {name} in {call}:"
        with self.indented(header):
            self.loop_body(b, turns, readable=[*b.readable, name])
        self.loop_else(b)

    def stream(self, b: _Block) -> None:
        """Bind a generator to a name; expressions then take values from it, anywhere."""
        name = self.fresh("s")
        self.put(f"{name} = {self.call(b, self.rng.choice(self.affordable(b, b.generators)))}")
        b.streams.append(name)
        for _ in range(2):
            self.trace(b)

    def drive(self, b: _Block) -> None:
        """Run a generator by send(), and show what it returned."""
        name, turn, stop = self.fresh("s"), self.fresh("i"), self.fresh("e")
        self.put(f"{name} = {self.call(b, self.rng.choice(self.affordable(b, b.generators)))}")
        with self.indented("try:"):
            self.put(f"trace({self.label()}, next({name}))")
            with self.indented(f"for {turn} in range({self.rng.randint(1, 4)}):"):
                self.put(f"trace({self.label()}, {name}.send({self.expr(b, 1)}))")
        # A list iterator below a `yield from` takes no send().
        with self.indented(f"except (StopIteration, AttributeError) as {stop}:"):
            self.put(f'trace("returned", getattr({stop}, "value", "no send"))')
        with self.indented("finally:"):
            self.put(f"{name}.close()")
        b.spend(9)

    def yields(self, b: _Block) -> None:
        got = self.fresh("r")
        options = [
            (f"yield {self.expr(b)}", 1),
            (f"{got} = yield {self.expr(b)}", 1),
            (f"trace({self.label()}, {self.atom(b)}, (yield {self.expr(b)}))", 1),
            (f"yield from [{self.expr(b, 1)}, {self.expr(b, 1)}]", 2),
        ]
        fits = self.affordable(b, b.generators)
        if fits:
            routine = self.rng.choice(fits)
            call = self.call(b, routine)
            options += [(f"{got} = yield from {call}", routine.yields)] * 3
        text, count = self.rng.choice(options)
        self.put(text)
        if text.startswith(got):
            self.put(f"trace({self.label()}, {got})")
        b.unit.yields += count * b.times

    # -- routines --------------------------------------------------------------------------

    def body(self, b: _Block) -> None:
        for _ in range(self.rng.randint(1, 3)):
            self.statement(b)

    def nested(self, b: _Block) -> None:
        """A function in a function, mostly one that changes variables of the outer one."""
        name, first, second = self.fresh("h"), self.fresh("p"), self.fresh("q")
        unit = _Unit("function", 8)
        cells = [n for n in b.writable if n.isidentifier() and not n.startswith("g")][:2]
        with self.indented(f"def {name}({first}, {second}=2):"):
            if cells and not self.chance(4):
                self.put(f"nonlocal {', '.join(cells)}")
            else:
                cells = []
            known = [n for n in b.readable if not n.startswith(("e", "m"))]
            inner = _Block(unit, known, [first, second, *cells], b.calls[:3], [], depth=2)
            self.block(inner, 3)
            self.put(f"trace({self.label()}, {self.atom(inner)})")
            self.put(f"return {self.expr(inner)} % 97")
        routine = _Routine(name, 2, unit.cost + 2, unit.raises, second=second)
        b.calls.append(routine)
        if self.affordable(b, [routine]):
            self.put(f"trace({self.label()}, {self.call(b, routine)})")

    def routine(self, b: _Block) -> None:
        """Define one function, generator or recursive function at module level."""
        kind = self.rng.choice(["function", "generator", "recursive", "function", "generator"])
        prefix = {"function": "fun", "generator": "gen", "recursive": "rec"}[kind]
        name = self.fresh(prefix)
        limit = _ROUTINE_COST if kind != "recursive" else 8
        unit = _Unit("generator" if kind == "generator" else "function", limit)
        with self.indented(f"def {name}(a, b=1):"):
            writable = ["a", "b", "x"]
            if self.chance(3):
                self.put("global g0")
                writable.append("g0")
            self.put(f"x = {self.small()}")
            calls, generators = list(b.calls), list(b.generators)
            if kind == "recursive":
                writable.remove("a")
                with self.indented("if a <= 0:"):
                    self.put(f"return trace({self.label()}, b)")
                calls = [r for r in calls if r.cost < 4]
            inner = _Block(unit, ["a"], writable, calls, generators)
            if kind == "generator":
                self.yields(inner)
            self.body(inner)
            if kind == "recursive":
                twice = f" + {name}(a - 2, b)" if self.chance(2) else ""
                self.put(f"x += {name}(a - 1, {self.expr(inner, 1)} % 97){twice}")
                self.put(f"trace({self.label()}, a, x)")
            self.put(f"return {self.expr(inner)} % 97")
        self.space()
        cost = unit.cost + 3
        made = _Routine(name, 2, cost * (6 if kind == "recursive" else 1), unit.raises, unit.yields)
        (b.generators if kind == "generator" else b.calls).append(made)

    def classes(self, b: _Block) -> None:
        """A base class and a derived one, with methods that use super() and attributes."""
        base, derived, thing = self.fresh("Base"), self.fresh("Derived"), self.fresh("thing")
        costs = _Unit("function", _ROUTINE_COST)
        inner = _Block(costs, ["a"], ["self.n", "b"], list(b.calls), list(b.generators))
        with self.indented(f"class {base}:"):
            self.put("made = 0")
            with self.indented("def __init__(self, n):"):
                self.put("type(self).made += 1")
                self.put("self.n = n")
            with self.indented("def step(self, a, b=1):"):
                self.body(inner.inner())
                self.put(f"return trace({self.label()}, self.n) + a")
        self.space()
        base_cost = costs.cost + 3
        header = f"class {derived}({base}):"
        with self.indented(header), self.indented("def step(self, a, b=1):"):
            mine = inner.inner(unit=_Unit("function", _ROUTINE_COST, raises=costs.raises))
            self.block(mine)
            self.put(f"b = super().step({self.expr(mine, 1)}) - {self.expr(mine, 1)}")
            self.block(mine, 2)
            self.put(f"return (b + self.n + {derived}.made) % 97")
        self.space()
        self.put(f"{thing}, {thing}b = {derived}({self.small()}), {base}({self.small()})")
        cost = mine.unit.cost + base_cost + 3
        b.calls.append(_Routine(f"{thing}.step", 2, cost, mine.unit.raises))
        b.calls.append(_Routine(f"{thing}b.step", 2, base_cost, costs.raises))
        b.writable.append(f"{thing}.n")

    def factory(self, b: _Block) -> None:
        """A function that returns two closures over one variable."""
        name, bump, look = self.fresh("make"), self.fresh("bump"), self.fresh("look")
        unit = _Unit("function", 12)
        with self.indented(f"def {name}(a):"):
            self.put("n = a")
            with self.indented("def bump(a, b=1):"):
                self.put("nonlocal n")
                inner = _Block(unit, ["a"], ["n", "b"], [], [], depth=2)
                self.block(inner)
                self.put(f"n = (n + a + {self.expr(inner)}) % 97")
                self.put(f"return trace({self.label()}, n)")
            with self.indented("def look(a, b=0):"):
                self.put(f"return trace({self.label()}, n * 2 + a - b)")
            with self.indented(f"for i in range({self.rng.randint(1, 3)}):"):
                if unit.raises:
                    with self.indented("try:"):
                        self.put("bump(i)")
                    with self.indented("except Boom as error:"):
                        self.put(f"n = trace({self.label()}, error.value) % 97")
                else:
                    self.put("n += bump(i)")
            self.put("return bump, look")
        self.space()
        self.put(f"{bump}, {look} = {name}({self.small()})")
        b.calls.append(_Routine(bump, 2, unit.cost + 3, unit.raises))
        b.calls.append(_Routine(look, 2, 2))

    def exercise(self, b: _Block, routine: _Routine) -> None:
        """Call what has just been defined, so that nothing in the program is idle."""
        if not b.affords(2 * routine.cost):
            return
        turn, name = self.fresh("i"), self.fresh("e")
        inner = b.inner(times=2 * b.times, in_loop=True, shielded=True)
        with self.indented(f"for {turn} in range(2):"):
            with self.indented("try:"):
                call = self.call(inner, routine)
                if routine in b.generators:
                    call = f"sum({call})" if self.chance(3) else f"[*{call}]"
                self.put(f"trace({self.label()}, {turn}, {call})")
            with self.indented(f"except Boom as {name}:"):
                self.put(f"trace({self.label()}, {name}.value, {self.expr(b, 1)})")

    def space(self) -> None:
        self.lines += ["", ""]

    def program(self) -> str:
        unit = _Unit("module", _MODULE_COST)
        b = _Block(unit, [], ["g0", "g1"], [], [])
        self.lines += PRELUDE.splitlines()
        for _ in range(self.rng.randint(2, 3)):
            for _ in range(self.rng.randint(1, 2)):
                self.space()
                known = len(b.calls), len(b.generators)
                self.rng.choice([self.routine] * 3 + [self.classes, self.factory])(b)
                for routine in [*b.calls[known[0] :], *b.generators[known[1] :]]:
                    self.exercise(b, routine)
            for _ in range(self.rng.randint(1, 3)):
                self.statement(b)
        for name in b.streams:
            self.put(f"{name}.close()")
        self.put('trace("end", g0, g1, items[:9], table["k"], alias is table, len(log))')
        return "\n".join(self.lines) + "\n"


def build(rng: random.Random) -> str:
    """The source of a random program.

    It needs no third-party import, prints at least one line, runs a few thousand statements at
    most, and never ends in an exception. Equal draws of `rng` give equal text.
    """
    return _spread(_Author(rng).program(), rng)


def _spread(source: str, rng: random.Random) -> str:
    """`source` with some statements over several lines: broken behind brackets and commas."""
    lines = source.splitlines()
    start = len(PRELUDE.splitlines())
    depth = formatted = 0
    breaks: list[tuple[int, int]] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        kind = tokenize.tok_name[token.type]  # since 3.12 an f-string is several tokens
        formatted += (kind == "FSTRING_START") - (kind == "FSTRING_END")
        if formatted or kind != "OP" or token.start[0] <= start:
            continue
        depth += (token.string in "([{") - (token.string in ")]}")
        if depth and token.string in "([{," and rng.random() < 0.05:
            breaks.append(token.end)
    for row, column in reversed(breaks):
        text = lines[row - 1]
        lines[row - 1 : row] = [text[:column], " " * 8 + text[column:].lstrip()]
    return "\n".join(lines) + "\n"


def programs() -> st.SearchStrategy[str]:
    """Sources of random programs, as a strategy: see `build`."""
    return st.randoms(use_true_random=False).map(build)


def edited(source: str, after_line: int, seed: int) -> str | None:
    """`source` with random edits that cannot change what happens up to `after_line`.

    `after_line` is the line that the *module's own frame* is at (not that of a function it has
    called): top-level statements that begin after it have not run. The edits are comments and
    blank lines between any statements (so that line numbers move), new functions at module level,
    other labels in `trace` calls of later top-level statements (bodies of functions defined
    there included), new `trace` calls between those, and some at the end of the module.

    So a run of `source`, stopped at `after_line` and continued in the result, prints what the
    result prints when it is run from its start. None if `source` cannot be parsed.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    rng = random.Random(seed)
    lines = source.splitlines()
    before: dict[int, list[str]] = {}

    def insert(line: int, *new: str) -> None:
        before.setdefault(line, []).extend(new)

    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and rng.random() < 0.1:
            line = _first_line(node)
            if not lines[line - 1][: node.col_offset].strip():
                insert(line, " " * node.col_offset + f"# moved {rng.randint(0, 99)}", "")
    for number, node in enumerate(tree.body):
        line = _first_line(node)
        later = line > after_line
        if rng.random() < 0.1 and not _needs_to_be_early(node):
            insert(line, f"def added_{number}(value):", "    return value + 1", "", "")
        if later and rng.random() < 0.3 and not _needs_to_be_early(node):
            insert(line, f'trace("inserted {number}", len(log))')
        if later and rng.random() < 0.3:
            for at in range(line - 1, node.end_lineno or line):
                lines[at] = re.sub(r'trace\("(L\d+)"', r'trace("\1 edited"', lines[at])
    result = [
        text
        for number, line in enumerate(lines, start=1)
        for text in (*before.get(number, ()), line)
    ]
    for number in range(rng.randint(1, 3)):
        result.append(f'trace("appended {number}", len(log), sorted(table))')
    return "\n".join(result) + "\n"


def _first_line(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", [])
    return min([node.lineno, *(d.lineno for d in decorators)])


def _needs_to_be_early(node: ast.stmt) -> bool:
    """Whether code that is put before `node` could come before `trace` and `log` exist."""
    text = ast.unparse(node)
    return isinstance(node, ast.ImportFrom) or text.startswith(("log = ", "def trace("))
