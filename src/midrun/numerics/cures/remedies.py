"""The usual remedies for each cause, as edits at the blamed line or before the optimizer's step."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from midrun.numerics.cures.edits import Edit, File
from midrun.numerics.finding import Finding

_MODULES = {"torch", "F", "functional", "nn", "special", "linalg", "math", "np"}
_INFINITIES = (
    'float("-inf")', "-torch.inf", "-math.inf", "-np.inf", "-numpy.inf", '-float("inf")',
)  # fmt: skip
_HALVES = ("float16", "bfloat16")


@dataclass(frozen=True)
class Remedy:
    """A change that may cure. `hides` is true of one that keeps the defect and hides it."""

    kind: str
    title: str
    edit: Edit
    hides: bool = False


def remedies(found: Finding, read: Callable[[str], str]) -> list[Remedy]:
    """What may be tried for a finding, without doubles, the most likely first. `read` gives the
    text of a source file."""
    proposed: list[Remedy] = []
    if found.line is not None:
        file = File(found.line.file, read(found.line.file))
        proposed += _at_line(found, file)
    if found.step_line is not None:
        file = File(found.step_line.file, read(found.step_line.file))
        proposed += _before_step(found, file)
    seen: set[str] = set()
    return [r for r in proposed if r.edit.after not in seen and not seen.add(r.edit.after)]  # type: ignore[func-returns-value]


def _at_line(found: Finding, file: File) -> Iterator[Remedy]:
    assert found.line is not None
    node = file.expression(found.line)
    if node is None:
        return
    tiny = "1e-4" if any(half in o for half in _HALVES for o in found.operands) else "1e-12"
    small = "1e-4" if tiny == "1e-4" else "1e-6"
    if found.cause.startswith("half-"):
        yield from _in_float32(file, node)
    name, operand = _function(node)
    if isinstance(node, ast.BinOp):
        yield from _operator(found, file, node, small)
    elif operand is not None:
        yield from _function_call(file, node, name, operand, tiny, small)
    yield from _literals(file, node, name)
    yield from _masks(file, node)
    if found.phase != "backward" and operand is not None:
        text = file.source(node)
        yield Remedy("nan_to_num", f"nan_to_num of {name}", file.replace(
            (node, f"{text}.nan_to_num(0.0, 0.0, 0.0)")), hides=True)  # fmt: skip


def _function(node: ast.expr) -> tuple[str, ast.expr | None]:
    """The name of what is called, and its first operand: `x` of `torch.log(x)` and of `x.log()`."""
    if not isinstance(node, ast.Call):
        return "", None
    if isinstance(node.func, ast.Name):
        return node.func.id, node.args[0] if node.args else None
    if not isinstance(node.func, ast.Attribute):
        return "", None
    owner = node.func.value
    last = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    if last in _MODULES:
        return node.func.attr, node.args[0] if node.args else None
    return node.func.attr, owner


def _function_call(
    file: File, node: ast.expr, name: str, operand: ast.expr, tiny: str, small: str
) -> Iterator[Remedy]:
    x = file.source(operand)

    def change(kind: str, title: str, text: str) -> Remedy:
        return Remedy(kind, title, file.replace((operand, text)))

    if name in ("log", "log2", "log10", "sqrt", "rsqrt", "reciprocal", "xlogy", "entr"):
        yield from _softmax_of_log(file, node, name, operand)
        yield change("epsilon", f"an epsilon inside {name}", f"{x} + {tiny}")
        yield change("clamp", f"clamp before {name}", f"{x}.clamp(min={tiny})")
        yield change("clamp", f"clamp before {name} at {small}", f"{x}.clamp(min={small})")
    elif name in ("norm", "vector_norm", "dist", "cdist", "pairwise_distance", "std", "hypot"):
        yield change("epsilon", f"an epsilon inside {name}", f"{x} + {small}")
        yield from _root_by_hand(file, node, name, operand, tiny)
    elif name in ("acos", "asin", "arccos", "arcsin", "atanh", "erfinv"):
        inside = f"{x}.clamp(-1 + 1e-6, 1 - 1e-6)"
        yield change("clamp", f"clamp before {name}", inside)
    elif name == "acosh":
        yield change("clamp", "clamp before acosh", f"{x}.clamp(min=1 + 1e-6)")
    elif name == "log1p":
        yield change("clamp", "clamp before log1p", f"{x}.clamp(min=-1 + 1e-6)")
    elif name == "logit":
        yield change("clamp", "clamp before logit", f"{x}.clamp(1e-6, 1 - 1e-6)")
    elif name in ("exp", "expm1", "sinh", "cosh", "exp2"):
        limit = "10" if tiny == "1e-4" else "30"
        yield change("clamp", f"clamp before {name}", f"{x}.clamp(max={limit})")
    elif name in ("pow", "square"):
        yield change("clamp", f"clamp before {name}", f"{x}.clamp(min={small})")
        yield change("clamp", f"clamp before {name}", f"{x}.clamp(-1e4, 1e4)")
    elif name == "atan2":
        yield change("epsilon", "an epsilon inside atan2", f"{x} + {small}")
    elif name in ("log_prob", "kl_div", "binary_cross_entropy") and isinstance(node, ast.Call):
        for argument in node.args[:2]:
            y = file.source(argument)
            yield Remedy("clamp", f"clamp what {name} is given", file.replace(
                (argument, f"{y}.clamp(1e-6, 1 - 1e-6)")))  # fmt: skip
    elif name in ("layer_norm", "batch_norm", "group_norm", "instance_norm", "rms_norm"):
        yield from _keyword(file, node, name, "eps", "1e-5")
    elif name in ("cross_entropy", "nll_loss") and isinstance(node, ast.Call):
        yield from _guard(file, node, name, operand)
    elif name in (
        "svd",
        "eigh",
        "eig",
        "qr",
        "inv",
        "inverse",
        "solve",
        "cholesky",
        "logdet",
        "det",
    ):
        yield change("jitter", f"a little noise for {name}", f"{x} + 1e-4 * torch.randn_like({x})")
    elif name in ("prod", "cumprod"):
        yield change("clamp", f"clamp before {name}", f"{x}.clamp(-1e2, 1e2)")
    elif name in ("mean", "nanmean"):
        text = ast.get_source_segment(file.text, node)
        yield Remedy("guard", "0 for the mean over nothing", file.replace(
            (node, f"({text} if {x}.numel() else {x}.sum())")))  # fmt: skip


def _keyword(file: File, node: ast.expr, name: str, keyword: str, value: str) -> Iterator[Remedy]:
    """Another value of a keyword argument, or the argument anew."""
    if not isinstance(node, ast.Call):
        return
    given = next((k.value for k in node.keywords if k.arg == keyword), None)
    title = f"{keyword}={value} for {name}"
    if given is not None:
        yield Remedy("epsilon", title, file.replace((given, value)))
    else:
        text = ast.get_source_segment(file.text, node) or ""
        new = f"{text[:-1]}, {keyword}={value})"
        yield Remedy("epsilon", title, file.replace((node, new)))


def _softmax_of_log(file: File, node: ast.expr, name: str, operand: ast.expr) -> Iterator[Remedy]:
    inner, argument = _function(operand)
    if name != "log" or argument is None or not isinstance(operand, ast.Call):
        return
    if inner in ("softmax", "sigmoid"):
        text = ast.get_source_segment(file.text, operand) or ""
        new = {"softmax": "log_softmax", "sigmoid": "logsigmoid"}[inner]
        if inner == "sigmoid":
            text = f"torch.nn.functional.logsigmoid({ast.get_source_segment(file.text, argument)})"
        else:
            text = text.replace("softmax", "log_softmax", 1)
        yield Remedy(new, f"{new} for log({inner})", file.replace((node, text)))


def _root_by_hand(
    file: File, node: ast.expr, name: str, operand: ast.expr, tiny: str
) -> Iterator[Remedy]:
    """A norm as the root of a sum of squares, with an epsilon inside."""
    if not isinstance(node, ast.Call) or name not in ("norm", "std"):
        return
    x = file.source(operand)
    is_method = isinstance(node.func, ast.Attribute) and node.func.value is operand
    rest = [*node.args[0 if is_method else 1 :]]
    words = [k for k in node.keywords if k.arg in ("dim", "keepdim", "correction", "unbiased")]
    if name == "norm" and rest and not words:
        return  # which norm it is can't be told
    given = [ast.get_source_segment(file.text, part) or "" for part in rest]
    given += [f"{k.arg}={ast.get_source_segment(file.text, k.value)}" for k in words]
    inside = (
        f"{x}.var({', '.join(given)})" if name == "std" else f"{x}.pow(2).sum({', '.join(given)})"
    )
    yield Remedy("epsilon", f"{name} as a root, with an epsilon inside", file.replace(
        (node, f"({inside} + {tiny}).sqrt()")))  # fmt: skip


def _operator(found: Finding, file: File, node: ast.BinOp, small: str) -> Iterator[Remedy]:
    left, right = file.source(node.left), file.source(node.right)
    if isinstance(node.op, ast.Div):
        yield Remedy("epsilon", "an epsilon in the denominator", file.replace(
            (node.right, f"({right} + {small})")))  # fmt: skip
        yield Remedy("clamp", "clamp the denominator", file.replace(
            (node.right, f"torch.clamp(torch.as_tensor({right}), min={small})")))  # fmt: skip
        yield Remedy("where", "1 for a denominator of 0", file.replace(
            (node.right, f"torch.where({right} == 0, 1.0, {right})")))  # fmt: skip
    elif isinstance(node.op, ast.Pow):
        yield Remedy("clamp", "clamp before the power", file.replace(
            (node.left, f"{left}.clamp(min={small})")))  # fmt: skip
        yield Remedy("clamp", "clamp before the power", file.replace(
            (node.left, f"{left}.clamp(-1e4, 1e4)")))  # fmt: skip
    elif isinstance(node.op, ast.Mult | ast.MatMult | ast.Add | ast.Sub):
        yield Remedy("nan_to_num", "nan_to_num of the result", file.replace(
            (node, f"torch.nan_to_num({ast.get_source_segment(file.text, node)}, 0.0, 0.0, 0.0)")),
            hides=True)  # fmt: skip


def _in_float32(file: File, node: ast.expr) -> Iterator[Remedy]:
    """The operation done in float32."""
    if isinstance(node, ast.BinOp):
        left, right = file.source(node.left), file.source(node.right)
        changes = [(node.left, f"{left}.float()")]
        if not isinstance(node.right, ast.Constant):
            changes.append((node.right, f"{right}.float()"))
        yield Remedy("float32", "this operation in float32", file.replace(*changes))
        return
    name, operand = _function(node)
    if operand is not None:
        yield Remedy("float32", f"{name} in float32", file.replace(
            (operand, f"{file.source(operand)}.float()")))  # fmt: skip
    if operand is not None and isinstance(operand, ast.Call):
        inner, argument = _function(operand)
        if inner == "half" and argument is not None:
            yield Remedy("float32", f"{name} without half()", file.replace(
                (operand, file.source(argument))))  # fmt: skip


def _literals(file: File, node: ast.expr, name: str) -> Iterator[Remedy]:
    """Arguments of calls that are known to be at fault."""
    if not isinstance(node, ast.Call):
        return
    if name in ("empty", "empty_like", "new_empty") and isinstance(node.func, ast.Attribute):
        text = ast.get_source_segment(file.text, node.func) or ""
        zeros = text.replace("empty", "zeros")
        yield Remedy("zeros", f"{name.replace('empty', 'zeros')} for {name}", file.replace(
            (node.func, zeros)))  # fmt: skip
    if name in ("var", "std"):
        given = ast.get_source_segment(file.text, node) or ""
        comma = ", " if node.args or node.keywords else ""
        yield Remedy("correction", f"{name} without a correction", file.replace(
            (node, f"{given[:-1]}{comma}correction=0)")))  # fmt: skip
    if name == "ctc_loss":
        given = ast.get_source_segment(file.text, node) or ""
        yield Remedy("zero_infinity", "zero_infinity=True", file.replace(
            (node, f"{given[:-1]}, zero_infinity=True)")))  # fmt: skip
    if name in ("softmax", "log_softmax", "logsumexp"):
        _, operand = _function(node)
        if operand is not None:
            yield Remedy("finite mask", "a large negative number for -inf", file.replace(
                (operand, f"{file.source(operand)}.clamp(min=-1e4)")))  # fmt: skip


def _masks(file: File, node: ast.expr) -> Iterator[Remedy]:
    """-inf written in the expression: a large negative number does the same, and stays finite."""
    for part in ast.walk(node):
        if not isinstance(part, ast.expr):
            continue
        text = ast.get_source_segment(file.text, part)
        if text and text.replace("'", '"') in _INFINITIES:
            yield Remedy("finite mask", f"-1e9 for {text}", file.replace((part, "-1e9")))
            return


def _guard(file: File, node: ast.Call, name: str, operand: ast.expr) -> Iterator[Remedy]:
    """A loss of no targets at all is 0."""
    targets = node.args[1] if len(node.args) > 1 else None
    if name not in ("cross_entropy", "nll_loss") or targets is None:
        return
    words = {k.arg: ast.get_source_segment(file.text, k.value) for k in node.keywords}
    ignored = words.get("ignore_index") or "-100"
    text = ast.get_source_segment(file.text, node)
    x, y = file.source(operand), file.source(targets)
    yield Remedy("guard", "0 for the loss of no targets", file.replace(
        (node, f"({text} if ({y} != {ignored}).any() else {x}.sum() * 0)")))  # fmt: skip


def _before_step(found: Finding, file: File) -> Iterator[Remedy]:
    """What is put before the step of the optimizer."""
    assert found.step_line is not None
    optimizer = next(
        (
            file.source(call.func.value)
            for call in file.calls_on(found.step_line.line)
            if isinstance(call.func, ast.Attribute) and call.func.attr == "step" and not call.args
        ),
        None,
    )
    if optimizer is None:
        return

    def insert(kind: str, title: str, lines: list[str], hides: bool = False) -> Iterator[Remedy]:
        assert found.step_line is not None
        edit = file.insert_before(found.step_line.line, lines)
        if edit is not None:
            yield Remedy(kind, title, edit, hides)

    every = f'for g in {optimizer}.param_groups for p in g["params"]'
    if found.cause == "optimizer-epsilon":
        yield from insert("epsilon", "a larger epsilon", [
            f"for g in {optimizer}.param_groups:", '    g["eps"] = 1e-4'])  # fmt: skip
    if found.phase != "data":
        yield from insert("clip", "clip the norm of the gradient to 1", [
            f"torch.nn.utils.clip_grad_norm_([p {every}], 1.0)"])  # fmt: skip
        if found.lr:
            rate = f"{found.lr / 10:.3g}"
            yield from insert("learning rate", f"a learning rate of {rate} for {found.lr:.3g}", [
                f"for g in {optimizer}.param_groups:", f'    g["lr"] = {rate}'])  # fmt: skip
    yield from insert("skip", "skip steps with a bad gradient", [
        f"if not all(p.grad is None or p.grad.isfinite().all() {every}):",
        f"    {optimizer}.zero_grad()",
    ], hides=True)  # fmt: skip
