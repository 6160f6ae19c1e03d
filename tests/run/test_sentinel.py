"""The sentinel: what it takes for an alarm, and what not."""

from __future__ import annotations

import math
import sys
import time

import pytest

torch = pytest.importorskip("torch")

from midrun.run.seen import Count, Trip  # noqa: E402
from midrun.run.sentinel import Alarm, Sentinel  # noqa: E402


@pytest.fixture(autouse=True)
def hooks_on_modules():
    """torch's table of them, which has none once the test is over, whether the training has ended
    or not."""
    modules = torch.nn.modules.module
    yield modules._global_forward_hooks
    for table in (modules._global_forward_pre_hooks, modules._global_forward_hooks):
        table.clear()


class Noted(Alarm):
    """An alarm that notes what it is told."""

    def __init__(self) -> None:
        self.trips: list[Trip] = []

    def trip(self, trip: Trip) -> None:
        self.trips.append(trip)


class Training:
    """A model of one weight, and the turns of its training as torch tells them."""

    def __init__(self) -> None:
        alarm = Noted()
        self.trips = alarm.trips
        self.sentinel = Sentinel(alarm, lambda file: file == __file__)
        self.weight = torch.nn.Parameter(torch.ones(3))
        self.optimizer = torch.optim.SGD([self.weight], 0.1)

    def backward(self, loss: float, gradient: float) -> None:
        self.sentinel._next_loss = 0.0  # as if the steps took longer
        self.sentinel.loss([torch.tensor(loss)], sys._getframe())
        self.weight.grad = torch.full((3,), gradient)
        self.sentinel.gradients()

    def derivative(self, loss: float) -> None:
        self.sentinel._next_loss = 0.0
        self.sentinel.derivative([torch.tensor(loss)], sys._getframe())

    def step(self, weight: float = 1.0) -> None:
        self.sentinel.before_step(self.optimizer)
        with torch.no_grad():
            self.weight.fill_(weight)
        self.sentinel.after_step(self.optimizer)

    def train(self, steps: int) -> None:
        for _ in range(steps):
            self.backward(1.0, 0.5)
            self.step()
            self.sentinel._next = 0.0  # as if enough time had passed for the next look


def test_a_healthy_training_raises_no_alarm():
    training = Training()
    training.train(30)
    training.sentinel.end(None)
    assert training.trips == []
    assert training.sentinel.clean == Count(30, 30)


def test_a_gradient_that_is_nan_is_seen_before_the_step():
    training = Training()
    training.train(3)
    training.backward(1.0, math.nan)
    training.step()
    (trip,) = training.trips
    assert (trip.what, trip.value, trip.count) == ("gradient", "nan", Count(4, 3))
    assert trip.clean == Count(3, 2)
    assert (trip.file, trip.line > 0) == (__file__, True)


def test_a_parameter_that_turns_nan_in_the_step_is_seen_at_the_next():
    training = Training()
    training.train(3)
    training.backward(1.0, 0.5)
    training.step(weight=math.inf)
    training.sentinel._next = 0.0
    training.backward(1.0, 0.5)
    training.step()
    (trip,) = training.trips
    assert (trip.what, trip.value) == ("parameter", "inf")


def test_a_parameter_that_turns_nan_in_the_last_step_is_seen_at_the_end():
    training = Training()
    training.train(3)
    training.backward(1.0, 0.5)
    training.step(weight=math.nan)
    training.sentinel.end(None)
    assert [trip.what for trip in training.trips] == ["parameter"]


def test_a_bad_loss_is_an_alarm_once_a_step_is_taken_with_it():
    training = Training()
    training.train(3)
    training.backward(math.nan, 0.5)
    assert training.trips == []
    training.step()
    assert [trip.what for trip in training.trips] == ["loss"]


def test_a_step_that_is_skipped_is_no_alarm():
    """As GradScaler does: the loss overflows in half precision, and the step is left out."""
    training = Training()
    for _ in range(10):
        training.backward(math.inf, math.nan)
        training.train(2)
    assert training.trips == []


def test_steps_that_are_all_skipped_are_an_alarm():
    training = Training()
    for _ in range(30):
        training.backward(math.inf, math.nan)
    assert [trip.what for trip in training.trips] == ["loss"]


def test_large_values_whose_norm_overflows_are_finite():
    training = Training()
    training.backward(1.0, 1e30)
    training.step(weight=1e30)
    training.sentinel.end(None)
    assert training.trips == []


def test_what_it_saw_is_read_back_from_the_log():
    import json

    training = Training()
    training.train(3)
    training.backward(math.inf, math.nan)
    training.step()
    (trip,) = training.trips
    assert repr(Trip.read(json.loads(json.dumps(trip.record())))) == repr(trip)


def test_it_tells_only_once():
    training = Training()
    for _ in range(5):
        training.backward(math.nan, math.nan)
        training.step(math.nan)
    assert len(training.trips) == 1


def test_of_fast_steps_not_each_loss_is_read():
    training = Training()
    training.train(3)
    training.sentinel._next_loss = math.inf
    training.sentinel.loss([torch.tensor(math.nan)], sys._getframe())
    training.step()
    assert training.trips == []
    training.backward(math.nan, math.nan)
    training.step()
    assert len(training.trips) == 1


def test_a_look_tells_the_gradients_of_each_group():
    training = Training()
    other = torch.nn.Parameter(torch.ones(4))
    training.optimizer.add_param_group({"params": [other]})
    training.weight.grad, other.grad = torch.full((3,), 2.0), None
    training.step()
    (look,) = training.sentinel.history
    assert look.groups == pytest.approx([math.sqrt(12), 0.0])
    assert (look.gradients, look.parameters) == pytest.approx((math.sqrt(12), math.sqrt(7)))
    assert look.optimizer == "SGD of 7 values"


def test_optimizers_that_take_turns_are_looked_at_in_turn():
    training = Training()
    critic = torch.optim.Adam([torch.nn.Parameter(torch.ones(2))])
    sentinel = training.sentinel
    for _ in range(4):
        sentinel._next = 0.0  # a look is always due at the first of them
        for optimizer in (training.optimizer, critic):
            sentinel.before_step(optimizer)
            sentinel.after_step(optimizer)
    names = [look.optimizer for look in sentinel.history]
    assert names == ["SGD of 3 values", "Adam of 2 values"] * 2


def test_an_optimizer_that_goes_on_alone_is_looked_at_again():
    training = Training()
    critic = torch.optim.Adam([torch.nn.Parameter(torch.ones(2))])
    for optimizer in (training.optimizer, critic, critic, critic):
        training.sentinel._next = 0.0
        training.sentinel.before_step(optimizer)
    assert len(training.sentinel.history) == 4


def test_a_look_waits_for_the_loss_that_belongs_to_it():
    training = Training()
    sentinel = training.sentinel
    training.train(2)
    sentinel._next = time.perf_counter()
    sentinel._next_loss = math.inf  # the loss of the next step is not read, the one after it is
    for loss in (5.0, 7.0):
        sentinel.loss([torch.tensor(loss)], sys._getframe())
        training.step()
    assert [look.loss for look in sentinel.history] == [1.0, 1.0, 7.0]


def test_a_step_without_a_loss_is_looked_at_a_little_later(monkeypatch):
    training = Training()
    sentinel = training.sentinel
    sentinel._next = time.perf_counter()
    sentinel._next_loss = math.inf
    sentinel.loss([torch.tensor(1.0)], sys._getframe())
    training.step()
    assert not sentinel.history
    monkeypatch.setattr("midrun.run.sentinel._LATE", -math.inf)
    training.step()
    assert len(sentinel.history) == 1


def test_a_trip_tells_the_largest_values_of_forward_passes_before():
    training = Training()
    model = torch.nn.Linear(3, 1)
    training.train(1)  # which a look ends, and a sample begins
    model(torch.full((1, 3), 7.0))
    training.train(1)
    training.backward(1.0, math.nan)
    training.step()
    (trip,) = training.trips
    (sample,) = trip.activations
    assert (sample.backward, sample.largest["inputs"]) == (2, 7.0)
    assert Trip.read(trip.record()) == trip


def test_no_hook_is_left_on_modules_once_the_watch_is_over(hooks_on_modules):
    training = Training()
    training.train(1)
    assert "midrun" in hooks_on_modules
    training.sentinel.end(None)
    assert not hooks_on_modules


def test_a_look_without_the_loss_of_its_step_has_none():
    training = Training()
    training.train(3)
    training.sentinel._next = -math.inf  # as if much more time had passed than a look waits
    training.sentinel._next_loss = math.inf
    training.sentinel.loss([torch.tensor(5.0)], sys._getframe())
    training.step()
    assert math.isnan(training.sentinel.history[-1].loss)


def test_a_program_that_only_takes_derivatives_is_watched_by_them():
    training = Training()
    for _ in range(50):
        training.derivative(1.0)
    assert training.sentinel.count == Count(50, 0, by_hand=True)
    for _ in range(30):
        training.derivative(math.nan)
    (trip,) = training.trips
    assert (trip.what, trip.count.backwards) == ("loss", 71)
    assert trip.clean == Count(30, 0, by_hand=True)


def test_bad_derivatives_that_such_a_program_leaves_out_are_no_alarm():
    training = Training()
    for _ in range(30):
        training.derivative(math.inf)
        training.derivative(1.0)
    training.sentinel.end(None)
    assert training.trips == []


def test_such_a_program_may_end_before_many_were_bad():
    training = Training()
    training.derivative(1.0)
    training.derivative(math.nan)
    training.sentinel.end(None)
    assert [trip.what for trip in training.trips] == ["loss"]


def test_derivatives_beside_backward_passes_are_not_counted():
    """As in a gradient penalty, whose first derivative comes before the first backward pass."""
    training = Training()
    for _ in range(30):
        training.derivative(math.inf)
        training.train(1)
    training.sentinel.end(None)
    assert training.sentinel.count == Count(30, 30)
    assert training.trips == []


def test_derivatives_before_steps_of_an_optimizer_are_not_counted():
    """As where a program sets `grad` by what torch.func gives."""
    training = Training()
    for _ in range(30):
        training.derivative(1.0)
        training.step()
    assert training.sentinel.count == Count(0, 30)


def test_how_a_program_trains_is_known_after_a_resume():
    training, by_hand = Training(), Training()
    training.sentinel.go_on(Count(5, 0))
    training.derivative(1.0)
    by_hand.sentinel.go_on(Count(5, 0, by_hand=True))
    by_hand.derivative(1.0)
    assert training.sentinel.count == Count(5, 0)
    assert by_hand.sentinel.count == Count(6, 0, by_hand=True)


def test_a_derivative_for_each_of_many_samples_is_no_loss():
    training = Training()
    seen = []

    def of_one(x):
        seen.append(x)
        training.sentinel.derivative([x], sys._getframe())
        return x * 2

    torch.func.vmap(of_one)(torch.ones(4))
    assert seen
    assert training.sentinel.count == Count()
