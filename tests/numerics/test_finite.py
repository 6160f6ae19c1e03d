"""Telling what is finite from what is not."""

from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch")

from midrun.numerics.microscope.components import norms_of  # noqa: E402
from midrun.numerics.microscope.tensors import Kind, finite, kind  # noqa: E402

DTYPES = [torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.complex64]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("value", "expected"),
    [(1.0, Kind.FINITE), (math.inf, Kind.INF), (-math.inf, Kind.INF), (math.nan, Kind.NAN)],
)
def test_one_value_decides(dtype, value, expected):
    values = torch.ones(100).to(dtype)
    values[37] = value
    assert kind(values) is expected
    assert finite(values).tolist() == torch.isfinite(values).tolist()


def test_infinities_of_both_signs_are_no_nan():
    assert kind(torch.tensor([math.inf, 1.0, -math.inf])) is Kind.INF


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64])
def test_a_sum_that_overflows_is_finite(dtype):
    assert kind(torch.full((100,), torch.finfo(dtype).max, dtype=dtype)) is Kind.FINITE


def test_norms_are_those_of_double_precision_where_they_would_overflow():
    tensors = [torch.full((4,), 3e38), torch.ones(9), torch.full((4,), 6e4).half(), torch.arange(3)]
    assert norms_of(tensors) == pytest.approx([6e38, 3.0, 1.2e5, 5**0.5], rel=1e-3)


def test_the_norm_of_what_is_bad_is_bad():
    norm, infinite = norms_of([torch.tensor([math.nan, 1.0]), torch.tensor([math.inf])])
    assert math.isnan(norm)
    assert infinite == math.inf
