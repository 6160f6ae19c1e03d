from __future__ import annotations

import sys

import numpy as np
import pytest

from midrun.run.values import plain, plain_ones, variables


class Loud(float):
    def __repr__(self):
        raise AssertionError("code of the program was called")

    __float__ = __str__ = __eq__ = __hash__ = __repr__  # type: ignore[assignment]


@pytest.mark.parametrize("value", [0.5, 3, True, "warm up"])
def test_numbers_and_short_texts_are_plain(value):
    assert plain(value) is value


@pytest.mark.parametrize(
    "value",
    [None, "x" * 81, 1 << 64, [1], 1j, Loud(1), np.ones(2), np.array("a"), object()],
    ids=lambda value: type(value).__name__,
)
def test_other_things_are_not(value):
    assert plain(value) is None


def test_what_is_not_finite_is_a_text():
    assert [plain(float(text)) for text in ("nan", "inf", "-inf")] == ["nan", "inf", "-inf"]
    assert plain(np.float32("nan")) == "nan"


@pytest.mark.parametrize("value", [np.float32(0.5), np.array([[0.5]]), np.float64(0.5)])
def test_an_array_of_one_element_is_a_number(value):
    assert (plain(value), type(plain(value))) == (0.5, float)


def test_a_tensor_of_one_element_is_a_number_unseen_by_the_modes_of_the_program():
    torch = pytest.importorskip("torch")

    class Deaf(torch.utils._python_dispatch.TorchDispatchMode):
        def __torch_dispatch__(self, *rest):
            raise AssertionError("a mode of the program was called")

    loss = torch.tensor(0.5, requires_grad=True)
    with Deaf():
        assert plain(loss) == 0.5
    assert plain(torch.nn.Linear(1, 1).weight) is None  # of a class of its own
    assert plain(torch.ones(2)) is None
    assert plain(torch.empty((), device="meta")) is None


def test_variables_are_read_from_a_frame_in_cells_or_not():
    def function():
        number, in_a_cell, unbound = 1, 2, 3
        del unbound
        found = variables(sys._getframe(), ("number", "in_a_cell", "unbound"))
        return found, number, lambda: in_a_cell

    assert function()[0] == {"number": 1, "in_a_cell": 2}


def test_at_most_so_many_values_are_taken_in_order():
    assert plain_ones({"a": 1, "b": object(), "c": 3, "d": 4}, ["d", "b", "c", "a"], 2) == {
        "d": 4,
        "c": 3,
    }
