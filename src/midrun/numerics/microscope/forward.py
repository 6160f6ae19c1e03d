"""Why an operation gives a bad value: rules that look at its operands.

Each rule is for some operations, and answers with the name of a cause and what is seen in numbers,
or with None. They hold for operations of the forward pass, of the optimizer, and for those of a
backward pass that the program wrote itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch

from midrun.numerics.microscope.division import division
from midrun.numerics.microscope.look import Answer, Look, text
from midrun.numerics.microscope.tensors import Kind

_LOG_BOUNDS = {"log": 0.0, "log2": 0.0, "log10": 0.0, "log1p": -1.0}
_DOMAINS: dict[str, tuple[float, float]] = {
    "sqrt": (0.0, math.inf),
    "rsqrt": (0.0, math.inf),
    "acos": (-1.0, 1.0),
    "asin": (-1.0, 1.0),
    "acosh": (1.0, math.inf),
    "atanh": (-1.0, 1.0),
    "erfinv": (-1.0, 1.0),
}
_GAMMAS = ("lgamma", "digamma", "polygamma", "mvlgamma")
_SUMS_OF_PRODUCTS = ("mm", "bmm", "addmm", "baddbmm", "convolution")
_SOFTMAXES = ("softmax", "logsumexp", "attention")


def explain(look: Look) -> tuple[str, str]:
    """The name of the cause, and the reason in numbers."""
    for rule in _RULES:
        answer = rule(look)
        if answer is not None:
            return answer
    return "unknown", "no rule fits; the operands are finite" if look.event.is_born else ""


def _log(look: Look) -> Answer:
    if look.base in _LOG_BOUNDS:
        operand, bound = "self", _LOG_BOUNDS[look.base]
    elif look.base in ("xlogy", "special_xlogy"):
        operand, bound = "other", 0.0
    elif look.base == "logit":
        return _logit(look)
    else:
        return None
    number = look.number(operand)
    if isinstance(number, complex):
        return ("log-domain", f"{look.base} of 0") if number == 0 else None
    if number is None or number > bound:
        return None
    if operand == "other" and _is_target(look) and number < 0:
        return "bad-target", f"the target holds {text(number)}, whose logarithm is taken"
    if number == bound and (exact := look.underflowed(operand)):
        return "half-underflow", look.lost(operand, exact)
    return "log-domain", f"{look.base} of {text(number)}"


def _is_target(look: Look) -> bool:
    """Whether x log x is taken of data: the target of a Kullback-Leibler divergence."""
    one, other = look.event.operand("self"), look.event.operand("other")
    if one is None or other is None or one.storage != other.storage:
        return False
    return not other.requires_grad


def _logit(look: Look) -> Answer:
    number = look.number("self")
    if number is not None and not 0 < number < 1:
        odds = f"{text(number)} / {text(1 - number)}"
        return "log-domain", f"logit of {text(number)}, which is log({odds})"
    return None


def _power(look: Look) -> Answer:
    if look.base != "pow":
        return None
    base, exponent = look.number("self"), look.number("exponent")
    if base is None or exponent is None or isinstance(base, complex):
        return None
    if base == 0 and exponent < 0:
        return "division-by-zero", f"0 to the power of {text(exponent)}"
    if base < 0 and exponent != int(exponent):
        return "domain", f"{text(base)} to the power of {text(exponent)}"
    return None


def _domain(look: Look) -> Answer:
    number = look.number("self")
    if look.base in _GAMMAS and isinstance(number, int | float) and number <= 0:
        return "domain", f"{look.base} of {text(number)}, where it has a pole"
    if look.base not in _DOMAINS:
        return None
    low, high = _DOMAINS[look.base]
    closed = look.base not in ("atanh", "erfinv")
    if number is None or isinstance(number, complex):
        return None
    if number < low or number > high or (not closed and number in (low, high)):
        return "domain", f"{look.base} of {text(number)}, which is defined from {low:g} to {high:g}"
    return None


def all_masked(look: Look) -> Answer:
    """A softmax, a logsumexp or attention over a row of nothing but -inf."""
    if not any(name in look.base for name in _SOFTMAXES):
        return None
    scores = look.tensor("self")
    if scores is None or "attention" in look.base:
        if look.event.output.kind is Kind.NAN:
            return "all-masked", f"{look.base}: a row has no score that is not masked"
        return None
    dim = look.event.constants.get("dim", -1)
    dims = list(dim) if isinstance(dim, list | tuple) else [dim]
    if bool(torch.isneginf(scores).all(dims[0]).any()):
        rows = torch.isneginf(scores).all(dims[0])
        share = f"{int(rows.sum())} of {rows.numel()} rows"
        return "all-masked", f"{look.base.lstrip('_')} over {share} of nothing but -inf"
    if bool(torch.isposinf(scores).any()):
        return "inf-minus-inf", f"{look.base.lstrip('_')} of a row that holds inf: inf - inf"
    return None


def _literal(look: Look) -> Answer:
    """torch.logdet puts a NaN where a determinant is negative."""
    if look.base != "scalar_tensor":
        return None
    near = (look.events.get(look.event.index - back) for back in range(1, 12))
    if any(e is not None and "slogdet" in e.name and e.place == look.event.place for e in near):
        return "log-domain", "log of a determinant that is negative"
    return None


def _nothing(look: Look) -> Answer:
    values = look.event.operand("self")
    if look.base in ("mean", "nanmean", "median") and values is not None:
        dims = look.event.constants.get("dim")
        sizes = [values.shape[d] for d in dims] if isinstance(dims, list | tuple) else []
        if 0 in values.shape or 0 in sizes:
            return "empty-mean", f"mean of a tensor of shape {list(values.shape)}: of nothing"
    is_loss = "loss" in look.base or "cross_entropy" in look.base
    if is_loss and values is not None and 0 in values.shape:
        return "empty-mean", f"the mean of a loss of shape {list(values.shape)}: of nothing"
    if look.base.startswith("nll_loss"):
        target, ignored = look.tensor("target"), look.event.constants.get("ignore_index", -100)
        if target is not None and bool((target == ignored).all()):
            count = target.numel()
            return "empty-mean", f"all {count} targets are ignored (ignore_index {ignored})"
    return None


def _normalisation(look: Look) -> Answer:
    """Layers that divide by a standard deviation or a norm."""
    if not any(name in look.base for name in ("_norm", "norm_")):
        return None
    if look.base.startswith("_weight_norm"):
        return "division-by-zero", "the norm of a weight vector is 0, and it is divided by it"
    eps = look.event.constants.get("eps", look.event.constants.get("epsilon"))
    if eps == 0 or (look.is_half() and eps is not None and eps < torch.finfo(torch.float16).tiny):
        return "division-by-zero", f"{look.base} of values that are all alike, with eps {text(eps)}"
    return None


def _one_sample(look: Look) -> Answer:
    values = look.event.operand("self")
    if look.base not in ("var", "std", "var_mean", "std_mean") or values is None:
        return None
    dims = look.event.constants.get("dim")
    if not isinstance(dims, list | tuple) or not dims:
        dims = range(len(values.shape))
    count = math.prod(values.shape[d] for d in dims)
    correction = look.event.constants.get("correction", 1)
    correction = 1 if correction is None else correction
    if count <= correction:
        values_ = "1 value" if count == 1 else f"{count} values"
        return "one-sample", f"{look.base} of {values_} with correction {correction}: 0 / 0"
    return None


def _ctc(look: Look) -> Answer:
    if "ctc_loss" not in look.base:
        return None
    return "bad-target", "a CTC target longer than its input can't be aligned: the loss is inf"


def _infinities(look: Look) -> Answer:
    if look.event.output.kind is not Kind.NAN:
        return None
    one, other = look.number("self"), look.number("other")
    infinite = any(isinstance(v, float) and math.isinf(v) for v in (one, other))
    if look.base in ("sub", "add", "rsub") and infinite:
        return "inf-minus-inf", f"{look.base} of {text(one)} and {text(other)}"
    if look.base == "mul" and {one == 0, other == 0} == {True, False}:
        return "zero-times-inf", f"{text(one)} * {text(other)}"
    if look.base in ("sum", "mean", "cumsum", "var", "std") and look.event.guilty:
        return "inf-minus-inf", f"{look.base} over values that hold inf and -inf"
    if look.base in _SUMS_OF_PRODUCTS and look.event.guilty:
        return "zero-times-inf", f"{look.base} of a tensor that holds inf"
    return None


def _clipping(look: Look) -> Answer:
    """0 times inf where a gradient is scaled."""
    if look.event.phase != "optimizer" or look.event.in_step or look.base not in ("mul", "div"):
        return None
    one, other = text(look.number("self")), text(look.number("other"))
    return "clip-by-norm", f"a gradient is scaled: {look.base} of {one} and {other}"


def _too_large(look: Look) -> Answer:
    if not look.event.is_born:
        return None
    if look.is_half():
        exact = look.in_float32()
        if exact is not None and not isinstance(exact, complex) and math.isfinite(exact):
            what = f"{text(exact)} in float32"
            return "half-overflow", f"{what}; {look.precision()} ends at {_limit(look)}"
        if exact is None:
            return "half-overflow", f"beyond {_limit(look)}, where {look.precision()} ends"
    if look.event.output.kind is Kind.INF or _may_overflow(look):
        what = f"{look.base.lstrip('_')}{_of_numbers(look)}"
        return "overflow", f"{what} is beyond {_limit(look)}, where {look.precision()} ends"
    return None


def _of_numbers(look: Look) -> str:
    """What it was done to: one number, or how large those are of which many are summed."""
    if look.base in _SUMS_OF_PRODUCTS:
        largest = sorted(_largest(look))[-2:]
        return f" of values up to {' and '.join(map(text, largest))}" if largest else ""
    number = look.number("self")
    return f" of {text(number)}" if number is not None else ""


def _largest(look: Look) -> list[float]:
    """The largest absolute value of each operand."""
    values = (operand.value() for operand in look.event.inputs)
    floats = (v for v in values if v is not None and v.is_floating_point() and v.numel())
    return [float(value.abs().max()) for value in floats]


def _may_overflow(look: Look) -> bool:
    """Whether finite operands are so large that sums of their products are inf, and inf - inf."""
    largest = max(_largest(look), default=0.0)
    return largest > math.sqrt(torch.finfo(look.event.output.dtype).max) / 1e3


def _limit(look: Look) -> str:
    return f"{torch.finfo(look.event.output.dtype).max:.4g}"


_RULES: list[Callable[[Look], Answer]] = [
    _log, _literal, division, _power, _domain, all_masked, _nothing, _normalisation, _one_sample,
    _ctc, _clipping, _infinities, _too_large,
]  # fmt: skip
