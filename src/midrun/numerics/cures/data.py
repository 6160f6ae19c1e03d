"""Remedies for data: rows that are not finite, and losses and means of nothing at all."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterable, Iterator

from midrun.numerics.cures.blamed import Blamed, Remedy, function
from midrun.numerics.cures.edits import Change, File


def without_bad_rows(blamed: Blamed) -> Iterator[Remedy]:
    """The batch without its rows that are not finite, in all tensors that belong to it."""
    if blamed.cause != "bad-input" or blamed.node is None:
        return
    for edit in (*_unpacked(blamed), *_sliced(blamed), *_given(blamed)):
        yield Remedy("rows", "leave out rows that are not finite", blamed.file.edit(*edit))


def divided(blamed: Blamed) -> Iterator[Remedy]:
    """A denominator that is not 0 where NumPy divided while the data were made: such places are
    among the other lines of a finding (see `midrun.numerics.arrays`)."""
    if blamed.cause != "bad-input":
        return
    for line in blamed.found.also:
        file = blamed.open(line.file)
        node = file.at(line)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            text = f"{file.source(node.right)} + 1e-6"
            title = "an epsilon in the denominator, where the data are made"
            yield Remedy("epsilon", title, file.replace((node.right, text)))


def _unpacked(blamed: Blamed) -> Iterator[list[Change]]:
    """After `for x, y in ...`, `for batch in ...`, and `x, y = ...`."""
    file = blamed.file
    assert blamed.node is not None
    names = {name.id for name in blamed.tensors()}
    for node in (*file.around(blamed.node), *_assignments_before(blamed)):
        if isinstance(node, ast.For | ast.AsyncFor) and not _is_count(node):
            mates = _mates(node.target, names)
            change = file.before(node.body[0], _filter(file, mates)) if mates else None
        elif isinstance(node, ast.Assign):
            mates = _mates(node.targets[0], names)
            is_batch = len(mates) > 1 or any(_items(file, name) for name in mates)
            change = file.after(node, _filter(file, mates)) if is_batch else None
        else:
            continue
        if change is not None:
            yield [change]


def _assignments_before(blamed: Blamed) -> list[ast.Assign]:
    """Assignments in the same function, the last before the expression first."""
    assert blamed.node is not None
    scope = blamed.file.function_of(blamed.node)
    return sorted(
        (
            node
            for node in ast.walk(scope or blamed.file.tree)
            if isinstance(node, ast.Assign)
            and node.lineno < blamed.node.lineno
            and blamed.file.function_of(node) is scope
        ),
        key=lambda node: -node.lineno,
    )


def _is_count(node: ast.For | ast.AsyncFor) -> bool:
    """Whether it is `for i in range(...)`."""
    return function(node.iter)[0] == "range"


def _mates(target: ast.expr, names: set[str]) -> list[str]:
    """The names that are unpacked together with one of `names`."""
    if isinstance(target, ast.Name):
        return [target.id] if target.id in names else []
    parts = target.elts if isinstance(target, ast.Tuple | ast.List) else []
    own = [part.id for part in parts if isinstance(part, ast.Name)]
    if names & {*own}:
        return own
    return next((found for part in parts if (found := _mates(part, names))), [])


def _filter(file: File, names: list[str]) -> list[str]:
    """Lines that leave out rows of some tensors, or of those in a dictionary."""
    kept = _kept(file)
    if len(names) == 1 and (items := _items(file, names[0])):
        taken = f"{{k: v[{kept}] for k, v in {names[0]}.items()}}"
        return [*_finite(kept, items), f"{names[0]} = {taken}"]
    taken = ", ".join(f"{name}[{kept}]" for name in names)
    return [*_finite(kept, names), f"{', '.join(names)} = {taken}"]


def _finite(kept: str, tensors: Iterable[str]) -> list[str]:
    """Lines that tell which rows of some tensors are finite in all of them."""
    tests = [f"{x}.isfinite().reshape(len({x}), -1).all(1)" for x in tensors]
    return [f"{kept} = {tests[0]}", *(f"{kept} &= {test}" for test in tests[1:])]


def _kept(file: File) -> str:
    """A name, for what tells which rows are kept, that the file does not have."""
    taken = {node.id for node in ast.walk(file.tree) if isinstance(node, ast.Name)}
    numbered = (f"kept{number}" for number in itertools.count(1))
    return next(name for name in itertools.chain(["kept"], numbered) if name not in taken)


def _items(file: File, name: str) -> list[str]:
    """The parts such as `name["x"]` that are read."""
    found = [
        node
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name)
        and node.value.id == name
        and isinstance(node.slice, ast.Constant)
        and isinstance(node.slice.value, str)
        and isinstance(node.ctx, ast.Load)
    ]
    in_order = sorted(found, key=lambda node: (node.lineno, node.col_offset))
    return [*dict.fromkeys(map(file.text_of, in_order))]


def _sliced(blamed: Blamed) -> Iterator[list[Change]]:
    """Where a batch is sliced from whole tensors: all that are sliced alike in this function."""
    file = blamed.file
    assert blamed.node is not None
    scope = file.function_of(blamed.node)
    places: list[ast.AST] = [blamed.node]
    places += [value for name in blamed.tensors() for value in file.assigned(name.id)]
    wanted = {file.text_of(part.slice) for place in places for part in _slices(place)}
    for index in sorted(wanted):
        alike = [
            part
            for part in _slices(scope or file.tree)
            if file.text_of(part.slice) == index and file.function_of(part) is scope
        ]
        first = file.statement_of(alike[0]) if alike else None
        if first is None:
            continue
        kept = _kept(file)
        tensors = dict.fromkeys(f"torch.as_tensor({file.text_of(part)})" for part in alike)
        begin = file.before(first, _finite(kept, tensors))
        if begin is not None:
            yield [begin, *(file.change(p, f"{file.text_of(p)}[{kept}]") for p in alike)]


def _slices(tree: ast.AST) -> list[ast.Subscript]:
    """The parts such as `name[begin:end]` and `name[rows]` that are read, in their order."""
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript)
        and isinstance(node.ctx, ast.Load)
        and isinstance(node.value, ast.Name | ast.Attribute)
        and isinstance(node.slice, ast.Slice | ast.Name)
    ]
    return sorted(found, key=lambda node: (node.lineno, node.col_offset))


def _given(blamed: Blamed) -> Iterator[list[Change]]:
    """At the head of a function that is given the batch."""
    file = blamed.file
    assert blamed.node is not None
    scope = file.function_of(blamed.node)
    if scope is None or isinstance(scope, ast.Lambda):
        return
    called = {function(node)[0] for node in ast.walk(scope)}
    names = [a.arg for a in scope.args.args if a.arg not in ("self", *called)]
    if not {*names} & {name.id for name in blamed.tensors()}:
        return
    has_docstring = len(scope.body) > 1 and ast.get_docstring(scope) is not None
    change = file.before(scope.body[has_docstring], _filter(file, names))
    if change is not None:
        yield [change]


def guard(blamed: Blamed) -> Iterator[Remedy]:
    """0 for the mean or the loss of nothing."""
    node, file = blamed.node, blamed.file
    if blamed.cause not in ("empty-mean", "unknown") or not isinstance(node, ast.Call):
        return
    operands = blamed.operands
    text = file.text_of(node)
    if blamed.name in ("mean", "nanmean", "median") and operands:
        x = file.source(operands[0])
        called = file.text_of(node.func)
        total = called[: -len(blamed.name)] + "sum" + text[len(called) :]
        new = f"({text} if {x}.numel() else {total})"
        yield blamed.change("guard", "0 for the mean over nothing", (node, new))
    elif _is_loss(blamed) and len(operands) > 1:
        x, y = file.source(operands[0]), file.source(operands[1])
        some = f"({y} != {_ignored(file, [node, *blamed.constructors])}).any()"
        for asked in (some, f"{y}.numel()"):
            new = f"({text} if {asked} else {x}.sum() * 0)"
            yield blamed.change("guard", "0 for the loss of no targets", (node, new))


def _is_loss(blamed: Blamed) -> bool:
    made = [blamed.file.text_of(call.func) for call in blamed.constructors]
    is_function = blamed.name.endswith(("_loss", "cross_entropy", "_with_logits"))
    return is_function or any(name.endswith("Loss") for name in made)


def _ignored(file: File, calls: list[ast.Call]) -> str:
    """The class that a loss ignores."""
    given = [k.value for call in calls for k in call.keywords if k.arg == "ignore_index"]
    return file.text_of(given[0]) if given else "-100"
