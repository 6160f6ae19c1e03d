"""Remedies for infinities that a program writes on purpose: finite numbers that do the same, and
rows of which something is left."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from midrun.numerics.cures.blamed import Blamed, Remedy, function, with_keyword
from midrun.numerics.cures.edits import File

_CAUSES = ("all-masked", "inf-minus-inf", "zero-times-inf", "bad-target", "unknown")
_WRITERS = (
    "masked_fill", "masked_fill_", "full", "full_like", "new_full", "fill_", "where", "tensor",
    "index_fill", "index_fill_", "scatter", "scatter_", "pad", "fill_diagonal_",
)  # fmt: skip
_KEY_MASKS = ("key_padding_mask", "src_key_padding_mask", "memory_key_padding_mask")
_ZERO = ("zero_infinity", "True")
_ATTENTION_MASKS = ("attn_mask", "mask", "src_mask", "tgt_mask", "memory_mask")


def finite(blamed: Blamed) -> Iterator[Remedy]:
    """A large finite number for the infinities that reach the expression: those written on the way
    to it, or else all that the file writes into tensors."""
    if blamed.cause not in _CAUSES:
        return
    places = [(blamed.file, blamed.statement)]
    for line in blamed.found.also:
        file = blamed.open(line.file)
        places.append((file, file.statement(line.line)))
    seen: dict[str, dict[ast.expr, str]] = {}
    for file, statement in places:
        if statement is not None:
            seen.setdefault(file.path, {}).update(_with_names(file, statement))
    everywhere = {
        node: sign
        for writer in ast.walk(blamed.file.tree)
        if function(writer)[0] in _WRITERS or _is_item(writer)
        for node, sign in _with_names(blamed.file, writer).items()
    }
    choices = [(blamed.open(path), found) for path, found in seen.items()]
    for file, found in (*choices, (blamed.file, everywhere)):
        if found:
            changes = [(node, f"{sign}{blamed.large}") for node, sign in found.items()]
            title = f"{changes[0][1]} for {file.text_of(changes[0][0])}"
            yield Remedy("finite mask", title, file.replace(*changes))


def _is_item(node: ast.AST) -> bool:
    """Whether it is `x[mask] = value`."""
    return isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript)


def _with_names(file: File, tree: ast.AST) -> dict[ast.expr, str]:
    """The infinities written in a part of a file, or in what its names stand for."""
    found = dict(_infinities(tree))
    for name in ast.walk(tree):
        if isinstance(name, ast.Name | ast.Attribute) and isinstance(name.ctx, ast.Load):
            for value in file.assigned(file.text_of(name)):
                sign = _sign(value)
                found |= {value: sign} if sign is not None else {}
    return found


def _infinities(tree: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    """The infinities written in a part of a file, each with its sign."""
    sign = _sign(tree)
    if sign is not None and isinstance(tree, ast.expr):
        yield tree, sign
        return
    for child in ast.iter_child_nodes(tree):
        yield from _infinities(child)


def _sign(node: ast.AST) -> str | None:
    """The sign, "-" or "", of an infinity; None for anything else."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        sign = _sign(node.operand)
        return {"": "-", "-": ""}[sign] if sign is not None else None
    if isinstance(node, ast.Attribute) and node.attr in ("inf", "infty", "Inf"):
        return ""
    if isinstance(node, ast.Call) and function(node)[0] == "float" and node.args:
        text = getattr(node.args[0], "value", None)
        if isinstance(text, str) and text.strip("+-").lower() in ("inf", "infinity"):
            return "-" if text.startswith("-") else ""
    return None


def some_keys(blamed: Blamed) -> Iterator[Remedy]:
    """Attention in which a row that is all masked is not masked at all."""
    if blamed.cause != "all-masked" or not isinstance(blamed.node, ast.Call):
        return
    keeps = blamed.name == "scaled_dot_product_attention"  # there, True is what takes part
    given = {k.arg: k.value for k in blamed.node.keywords if k.arg is not None}
    if not keeps and len(blamed.node.args) > 3:
        given.setdefault("key_padding_mask", blamed.node.args[3])
    for name in (*_KEY_MASKS, *_ATTENTION_MASKS):
        if name not in given:
            continue
        mask = blamed.file.source(given[name])
        if keeps:
            text = f"{mask} | ~{mask}.any(-1, keepdim=True)"
        else:
            text = f"{mask} & ~{mask}.all(-1, keepdim=True)"
        title = f"{name} without rows that are all masked"
        yield blamed.change("unmask", title, (given[name], text))
        text = f"{mask}.clamp(min=-{blamed.large})"
        yield blamed.change("finite mask", f"{name} without -inf", (given[name], text))


def zero_infinity(blamed: Blamed) -> Iterator[Remedy]:
    """`zero_infinity=True` for a CTC loss."""
    if "ctc" not in blamed.found.operation or not isinstance(blamed.node, ast.Call):
        return
    title, file = "zero_infinity=True", blamed.file
    if blamed.name == "ctc_loss" and not blamed.constructors:
        yield blamed.change("zero_infinity", title, with_keyword(file, blamed.node, *_ZERO))
    for made in blamed.constructors:
        yield blamed.change("zero_infinity", title, with_keyword(file, made, *_ZERO))
    line = f"{file.text_of(blamed.node.func)}.zero_infinity = True"
    yield from blamed.insert("zero_infinity", f"{title}, set here", blamed.statement, [line])
