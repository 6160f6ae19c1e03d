"""Remedies for functions that are called where they are infinite, or have no derivative.

A table: for each function, what is usually written instead of one of its operands, or of the call.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple, TypeGuard

from midrun.numerics.cures.blamed import Blamed, Remedy, function, with_keyword


class Usual(NamedTuple):
    """`text` is written instead of the operand of this number, or of the whole call if that is -1.
    It may name the operands, `x`, `y` and `z`, and the `tiny`, `small` and `large` of the blamed
    expression."""

    kind: str
    title: str
    text: str
    operand: int = 0


_POSITIVE = (
    Usual("epsilon", "an epsilon inside {name}", "{x} + {tiny}"),
    Usual("clamp", "clamp before {name}", "{x}.clamp(min={tiny})"),
    Usual("clamp", "clamp before {name} at {small}", "{x}.clamp(min={small})"),
)
_ROOT = "an epsilon inside the root"
_INSIDE = (Usual("clamp", "clamp before {name}", "{x}.clamp(-1 + {small}, 1 - {small})"),)
_BOUNDED = (
    Usual("clamp", "clamp before {name} at 30", "{x}.clamp(max=30)"),
    Usual("clamp", "clamp before {name} at 10", "{x}.clamp(max=10)"),
)
_SYMMETRIC = (
    Usual("clamp", "clamp before {name} at 30", "{x}.clamp(-30, 30)"),
    Usual("clamp", "clamp before {name} at 10", "{x}.clamp(-10, 10)"),
)
_SHIFTED = (Usual("epsilon", "an epsilon inside {name}", "{x} + {small}"),)
_JITTER = (
    Usual("jitter", "a little noise for {name}", "{x} + 1e-4 * torch.randn_like({x})"),
    Usual(
        "jitter",
        "a small diagonal for {name}",
        "{x} + torch.diag(torch.linspace(1e-4, 1e-3, {x}.shape[-1], device={x}.device))",
    ),
)
_PROBABILITY = (
    Usual("clamp", "clamp what {name} is given", "{x}.clamp(1e-6, 1 - 1e-6)"),
    Usual("clamp", "clamp what {name} is given", "{y}.clamp(1e-6, 1 - 1e-6)", 1),
    Usual("clamp", "nothing negative for {name}", "{y}.clamp(min={tiny})", 1),
)
_PRODUCT = (Usual("clamp", "clamp before {name}", "{x}.clamp(-1e2, 1e2)"),)

_USUAL: dict[tuple[str, ...], tuple[Usual, ...]] = {
    ("log", "log2", "log10", "sqrt", "rsqrt", "reciprocal", "entr"): _POSITIVE,
    ("lgamma", "digamma", "polygamma"): _POSITIVE,
    ("xlogy",): tuple(
        change._replace(text=change.text.replace("{x}", "{y}"), operand=1) for change in _POSITIVE
    ),
    ("norm", "vector_norm", "matrix_norm", "dist", "cdist", "pairwise_distance"): _SHIFTED,
    ("std", "atan2", "normalize", "cosine_similarity"): _SHIFTED,
    ("addcdiv",): (Usual("epsilon", "an epsilon in the denominator", "{z} + {small}", 2),),
    ("hypot",): (
        Usual("epsilon", _ROOT, "({x}.square() + {y}.square() + {tiny}).sqrt()", -1),
        *_SHIFTED,
    ),
    ("acos", "asin", "arccos", "arcsin", "atanh", "arctanh", "erfinv"): _INSIDE,
    ("acosh", "arccosh"): (Usual("clamp", "clamp before {name}", "{x}.clamp(min=1 + {small})"),),
    ("log1p",): (
        Usual("clamp", "clamp before {name}", "{x}.clamp(min=-1 + {small})"),
        Usual("clamp", "clamp before {name} at -0.99", "{x}.clamp(min=-0.99)"),
    ),
    ("logit",): (Usual("clamp", "clamp before logit", "{x}.clamp({small}, 1 - {small})"),),
    ("exp", "expm1", "exp2"): _BOUNDED,
    ("sinh", "cosh"): _SYMMETRIC,
    ("log_prob", "kl_div", "binary_cross_entropy"): _PROBABILITY,
    ("svd", "eigh", "eig", "qr", "inv", "inverse", "solve", "cholesky", "det"): _JITTER,
    ("pdist",): _JITTER[:1],
    ("logdet", "slogdet"): (
        Usual("absolute", "the determinant's absolute value", "torch.linalg.slogdet({x})[1]", -1),
        *_JITTER,
    ),
    ("prod", "cumprod"): _PRODUCT,
    ("logaddexp",): (
        Usual(
            "finite mask",
            "a finite number for -inf",
            "torch.logaddexp({x}.clamp(min=-{large}), {y}.clamp(min=-{large}))",
            -1,
        ),
    ),
    ("softmax", "log_softmax", "logsumexp", "logcumsumexp"): (
        Usual("finite mask", "a large negative number for -inf", "{x}.clamp(min=-{large})"),
    ),
}
_BY_NAME = {name: changes for names, changes in _USUAL.items() for name in names}
_CORRECTED = ("var", "std", "var_mean", "std_mean", "cov")
_ALLOCATING = ("empty", "empty_like", "new_empty", "Tensor", "FloatTensor", "HalfTensor")
_DISTRIBUTIONS = (
    "Normal", "LogNormal", "HalfNormal", "Laplace", "Cauchy", "StudentT", "Gumbel", "Gamma", "Beta",
    "Dirichlet", "Exponential", "Weibull", "Poisson", "NegativeBinomial", "Binomial", "Bernoulli",
    "Categorical", "MultivariateNormal", "Independent",
)  # fmt: skip
_NORMALISATIONS = ("layer_norm", "batch_norm", "group_norm", "instance_norm", "rms_norm")
_OF_THEM = ("log_prob", "rsample", "sample", "entropy", "kl_divergence", "cdf")
_HAVE_EPS = (*_NORMALISATIONS, "normalize", "cosine_similarity", "pairwise_distance")


def usual(blamed: Blamed) -> Iterator[Remedy]:
    """What the table says for the function that is called."""
    names = [blamed.file.source(operand) for operand in blamed.operands[:3]]
    words = {
        "name": blamed.name, "tiny": blamed.tiny, "small": blamed.small, "large": blamed.large,
    } | dict(zip("xyz", names, strict=False))  # fmt: skip
    for change in _BY_NAME.get(blamed.name, ()):
        if change.operand >= len(names) or ("{y}" in change.text and "y" not in words):
            continue
        node = blamed.operands[change.operand] if change.operand >= 0 else blamed.node
        assert isinstance(node, ast.expr)
        text, title = change.text.format(**words), change.title.format(**words)
        if blamed.in_place and change.operand == 0:
            text = _in_place(text)
        yield blamed.change(change.kind, title, (node, text))


def _in_place(text: str) -> str:
    """For an operand that the call itself changes: the same, done to the operand, too."""
    text = text.replace(".clamp(", ".clamp_(")
    x, plus, epsilon = text.partition(" + ")
    return f"{x}.add_({epsilon})" if plus and "(" not in text else text


def root_by_hand(blamed: Blamed) -> Iterator[Remedy]:
    """A norm or a standard deviation as a root, with an epsilon inside."""
    node, name = blamed.node, blamed.name
    if not isinstance(node, ast.Call) or name not in ("norm", "std") or not blamed.operands:
        return
    file, x = blamed.file, blamed.file.source(blamed.operands[0])
    words = [k for k in node.keywords if k.arg in ("dim", "keepdim", "correction", "unbiased")]
    if name == "norm" and blamed.operands[1:] and not words:
        return  # which norm it is can't be told
    given = [file.text_of(part) for part in blamed.operands[1:]]
    given += [f"{k.arg}={file.text_of(k.value)}" for k in words]
    inside = f"{x}.{'var' if name == 'std' else 'square().sum'}({', '.join(given)})"
    title = f"{name} as a root, with an epsilon inside"
    yield blamed.change("epsilon", title, (node, f"({inside} + {blamed.tiny}).sqrt()"))


def larger_eps(blamed: Blamed) -> Iterator[Remedy]:
    """Another `eps` of a layer or function that has one."""
    file, value = blamed.file, "1e-3" if blamed.is_half else "1e-5"
    title = f"eps={value}"
    if blamed.name in _HAVE_EPS and isinstance(blamed.node, ast.Call):
        title = f"{title} for {blamed.name}"
        yield blamed.change("epsilon", title, with_keyword(file, blamed.node, "eps", value))
    if not any(name in blamed.found.operation for name in _NORMALISATIONS):
        return
    written = [
        keyword.value
        for call in ast.walk(file.tree)
        if isinstance(call, ast.Call) and "Norm" in function(call)[0]
        for keyword in call.keywords
        if keyword.arg == "eps"
    ]
    if written:
        changes = [(node, value) for node in written]
        yield blamed.change("epsilon", f"{title} where it is written", *changes)
    if blamed.constructors:
        called = file.text_of(blamed.node.func) if isinstance(blamed.node, ast.Call) else ""
        yield from blamed.insert("epsilon", title, blamed.statement, [f"{called}.eps = {value}"])


def no_correction(blamed: Blamed) -> Iterator[Remedy]:
    """The variance of one value is 0 if it is not corrected."""
    node = blamed.node
    if not isinstance(node, ast.Call) or blamed.name not in _CORRECTED:
        return
    keyword = next((k.arg for k in node.keywords if k.arg == "unbiased"), None) or "correction"
    value = "False" if keyword == "unbiased" else "0"
    change = with_keyword(blamed.file, node, keyword, value)
    yield blamed.change("correction", f"{blamed.name} with {keyword}={value}", change)
    if blamed.name == "std" and change[0] is node:
        text = change[1].replace(".std(", ".var(")
        title = "the root of a variance without a correction, with an epsilon inside"
        yield blamed.change("epsilon", title, (node, f"({text} + {blamed.tiny}).sqrt()"))


def _makes_distribution(node: ast.AST) -> TypeGuard[ast.Call]:
    return function(node)[0] in _DISTRIBUTIONS


def of_distribution(blamed: Blamed) -> Iterator[Remedy]:
    """Parameters that a distribution is defined for: a scale that is not 0, and the like."""
    owners = [blamed.node, *blamed.operands] if blamed.node is not None else []
    values = [v for o in owners for v in (o, *blamed.file.assigned(blamed.file.text_of(o)))]
    calls = [call for call in values if _makes_distribution(call)]
    if not calls and blamed.name in _OF_THEM:
        calls = [c for c in ast.walk(blamed.file.tree) if _makes_distribution(c)]
    for call in calls:
        given = [*call.args, *(k.value for k in call.keywords)]
        for argument in reversed([g for g in given if not isinstance(g, ast.Constant)]):
            text = f"{blamed.file.source(argument)}.clamp(min={blamed.small})"
            title = f"clamp {blamed.file.text_of(argument)} at {blamed.small}"
            yield blamed.change("clamp", title, (argument, text))


def zeros(blamed: Blamed) -> Iterator[Remedy]:
    """Zeros for memory that is not initialised."""
    if blamed.cause != "uninitialised":
        return
    calls = [blamed.node] if blamed.name in _ALLOCATING else []
    calls += [
        call
        for call in ast.walk(blamed.file.tree)
        if not calls and isinstance(call, ast.Call) and function(call)[0] in _ALLOCATING
    ]
    changes = []
    for call in calls:
        assert isinstance(call, ast.Call)
        called = blamed.file.text_of(call.func)
        for name, zeros in (("empty", "zeros"), ("FloatTensor", "zeros"), ("Tensor", "zeros")):
            called = called.replace(name, zeros)
        changes.append((call.func, called))
    if changes:
        yield blamed.change("zeros", "zeros for memory that is not initialised", *changes)


def hide(blamed: Blamed) -> Iterator[Remedy]:
    """nan_to_num of the result, or of the data that go in."""
    node, file = blamed.node, blamed.file
    hidden = blamed.found.phase != "backward" and blamed.cause != "divergence"
    if not hidden or not isinstance(node, ast.expr):
        return
    of_data = blamed.cause == "bad-input" and isinstance(node, ast.Call)
    parts = node.args if of_data and isinstance(node, ast.Call) else [node]
    changes = [(p, f"torch.nan_to_num({file.text_of(p)}, 0.0, 0.0, 0.0)") for p in parts]
    what = "what goes in" if of_data else blamed.name or "the result"
    if changes:
        yield Remedy("nan_to_num", f"nan_to_num of {what}", file.replace(*changes), hides=True)
