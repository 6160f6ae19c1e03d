"""Remedies for gradients, weights and the optimizer's step."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from midrun.numerics.cures.blamed import Blamed, Remedy, function, with_keyword
from midrun.numerics.cures.edits import File
from midrun.numerics.finding import Finding

_LIMIT = "1e3"
_RECURRENT = ("RNN", "GRU", "LSTM")


def hook(blamed: Blamed) -> Iterator[Remedy]:
    """Gradients that are clipped where they pass the expression."""
    if blamed.found.phase != "backward" or "overflow" not in blamed.cause:
        return
    for name in sorted({node.id for node in blamed.tensors()}):
        lines = [
            f"if {name}.requires_grad:",
            f"    {name}.register_hook(lambda grad: grad.clamp(-{_LIMIT}, {_LIMIT}))",
        ]
        title = f"clip the gradient of {name} to {_LIMIT}"
        yield from blamed.insert("clip", title, blamed.statement, lines)


def recurrent(blamed: Blamed) -> Iterator[Remedy]:
    """A recurrent layer that does not grow: its matrix at most of norm 1, or tanh for ReLU."""
    if blamed.cause != "overflow" or not isinstance(blamed.node, ast.Call):
        return
    for made in blamed.constructors:
        if function(made)[0] not in _RECURRENT:
            continue
        layer = blamed.file.text_of(blamed.node.func)
        lines = [
            "with torch.no_grad():",
            f"    for name, weight in {layer}.named_parameters():",
            '        if "weight_hh" in name:',
            "            weight /= torch.linalg.matrix_norm(weight, 2).clamp(min=1)",
        ]
        title = "a recurrent matrix of norm 1 at most"
        yield from blamed.insert("renorm", title, blamed.statement, lines)
        if any(k.arg == "nonlinearity" for k in made.keywords):
            change = with_keyword(blamed.file, made, "nonlinearity", '"tanh"')
            yield blamed.change("tanh", "tanh for the recurrence", change)


def weight_norm(blamed: Blamed) -> Iterator[Remedy]:
    """Weights that are not all 0 before they are divided by their norm."""
    if "weight_norm" not in blamed.found.operation:
        return
    for call in ast.walk(blamed.file.tree):
        name, operands = function(call)
        if name != "weight_norm" or not operands:
            continue
        weight = f"{blamed.file.source(operands[0])}.weight"
        lines = [
            "with torch.no_grad():",
            f"    {weight} += 1e-3 * torch.randn_like({weight})",
        ]
        statement = blamed.file.statement_of(call)
        yield from blamed.insert("init", f"small random numbers in {weight}", statement, lines)


def clip_values(blamed: Blamed) -> Iterator[Remedy]:
    """Gradients that are clipped before their norm is taken."""
    if blamed.cause != "clip-by-norm" or blamed.name != "clip_grad_norm" or not blamed.operands:
        return
    given = blamed.file.text_of(blamed.operands[0])
    line = f"torch.nn.utils.clip_grad_value_({given}, {_LIMIT})"
    title = f"clip the gradients to {_LIMIT} first"
    yield from blamed.insert("clip", title, blamed.statement, [line])


def before_step(found: Finding, file: File) -> Iterator[Remedy]:
    """What is put before the step of the optimizer."""
    assert found.step_line is not None
    statement = file.statement(found.step_line.line)
    optimizer = _optimizer(file, statement)
    if statement is None or optimizer is None:
        return

    def insert(kind: str, title: str, lines: list[str], hides: bool = False) -> Iterator[Remedy]:
        change = file.before(statement, lines)
        if change is not None:
            yield Remedy(kind, title, file.edit(change), hides)

    every = f'for g in {optimizer}.param_groups for p in g["params"]'
    groups = f"for g in {optimizer}.param_groups:"
    if found.cause == "optimizer-epsilon":
        yield from insert("epsilon", "a larger epsilon", [groups, '    g["eps"] = 1e-4'])
    if found.phase != "data":
        yield from insert("clip", "clip the norm of the gradient to 1", [
            f"torch.nn.utils.clip_grad_norm_([p {every}], 1.0)"])  # fmt: skip
        for factor in (10, 100) if found.cause == "divergence" else (10,):
            if not found.lr:
                break
            rate = f"{found.lr / factor:.3g}"
            title = f"a learning rate of {rate} for {found.lr:.3g}"
            yield from insert("learning rate", title, [groups, f'    g["lr"] = {rate}'])
    yield from insert("skip", "skip steps with a bad gradient", [
        f"if not all(p.grad is None or p.grad.isfinite().all() {every}):",
        f"    {optimizer}.zero_grad()",
    ], hides=True)  # fmt: skip


def _optimizer(file: File, statement: ast.stmt | None) -> str | None:
    """The text of the optimizer that takes a step in a statement."""
    for call in ast.walk(statement) if statement is not None else ():
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        if call.func.attr == "step" and not call.args:
            return file.source(call.func.value)
    return None
