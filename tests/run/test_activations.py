"""The largest values of a forward pass: what is seen of a model, and what is left alone."""

from __future__ import annotations

import math
import threading

import pytest

torch = pytest.importorskip("torch")

from midrun.run.activations import Sampler, larger, largest, thin  # noqa: E402
from midrun.run.seen import Activations  # noqa: E402

TABLES = torch.nn.modules.module


class Model(torch.nn.Module):
    """Two layers in a list, and a head that returns a dictionary."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = torch.nn.ModuleList(torch.nn.Linear(2, 2) for _ in range(2))
        self.head = Head()
        with torch.no_grad():
            for number, layer in enumerate(self.layers, 1):
                layer.weight.copy_(torch.eye(2) * -10 * number)
                layer.bias.zero_()

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.head(x)["out"]


class Head(torch.nn.Module):
    def forward(self, x):
        return {"out": x / 4, "mask": x > 0}


def seen(action) -> dict[str, float]:
    """What a sampler sees of an action."""
    sampler = Sampler()
    sampler.watch()
    try:
        action()
    finally:
        names, values = sampler.take()
    assert not TABLES._global_forward_hooks
    assert not TABLES._global_forward_pre_hooks
    return {} if values is None else largest(names, values.tolist())


def test_each_top_level_module_has_its_largest_value():
    found = seen(lambda: Model()(torch.tensor([[1.0, -3.0]])))
    assert found == {"inputs": 3.0, "layers": 600.0, "head": 150.0, "outputs": 150.0}


def test_several_models_are_told_apart():
    models = [torch.nn.Linear(1, 1), torch.nn.Linear(1, 1), Model()]
    found = seen(
        lambda: [
            model(torch.ones(1, 1).expand(1, m)) for m, model in zip((1, 1, 2), models, strict=True)
        ]
    )
    assert {"Linear 1.inputs", "Linear 2.outputs", "Model.layers"} <= found.keys()


def test_a_nan_is_larger_than_all():
    assert math.isnan(seen(lambda: Model()(torch.tensor([[1.0, math.nan]])))["inputs"])
    assert math.isnan(larger(1.0, math.nan))
    assert math.isnan(larger(math.nan, 1.0))
    assert larger(1.0, 2.0) == larger(2.0, 1.0) == 2.0


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16, torch.complex64])
def test_values_of_other_types(dtype):
    model = torch.nn.Linear(2, 1, dtype=dtype)
    assert seen(lambda: model(torch.tensor([[1.0, -5.0]], dtype=dtype)))["inputs"] == 5.0


def test_a_loss_is_no_model():
    assert seen(lambda: torch.nn.MSELoss()(torch.ones(2), torch.zeros(2))) == {}


def test_evaluation_is_not_seen():
    with torch.no_grad():
        assert seen(lambda: Model()(torch.ones(1, 2))) == {}


def test_a_model_that_is_transformed_is_left_alone():
    model = Model()
    assert seen(lambda: torch.func.vmap(model)(torch.ones(4, 2))) == {}


@pytest.mark.filterwarnings("ignore:.*jit.trace.* is deprecated")
def test_a_model_that_is_traced_is_left_alone():
    traced = []
    assert (
        seen(lambda: traced.append(torch.jit.trace(torch.nn.Linear(2, 2), torch.ones(1, 2)))) == {}
    )
    assert "aminmax" not in str(traced[0].graph)


def test_the_programs_own_modes_see_nothing_of_it():
    class Functions(torch.overrides.TorchFunctionMode):
        names: list[str] = []  # noqa: RUF012

        def __torch_function__(self, function, types, args=(), kwargs=None):
            self.names.append(function.__name__)
            return function(*args, **kwargs or {})

    def inside():
        with Functions():
            model(torch.ones(1, 2))

    model = torch.nn.Linear(2, 2)
    assert seen(inside)["inputs"] == 1.0
    assert set(Functions.names) == {"ones", "linear"}


def test_a_model_that_fails_half_way_spoils_nothing():
    class Fails(Model):
        def forward(self, x):
            self.layers[0](x)
            raise ValueError("half way")

    def fail_then_work():
        with pytest.raises(ValueError, match="half way"):
            Fails()(torch.ones(1, 2))
        model(torch.ones(1, 2))

    model = Model()
    assert seen(fail_then_work)["Model.layers"] == 200.0


def test_other_threads_are_left_alone():
    def elsewhere():
        thread = threading.Thread(target=lambda: Model()(torch.ones(1, 2)))
        thread.start()
        thread.join()

    assert seen(elsewhere) == {}


def test_a_pass_without_end_is_given_up():
    model = torch.nn.Linear(1, 1)
    sampler = Sampler()
    sampler.watch()
    for _ in range(100):
        model(torch.ones(1, 1))
    assert not TABLES._global_forward_hooks
    names, _ = sampler.take()
    assert names.count("inputs") == 64


def test_what_is_compiled_is_left_alone(monkeypatch):
    import torch._dynamo.utils

    monkeypatch.setitem(torch._dynamo.utils.counters, "frames", {"total": 1})
    sampler = Sampler()
    sampler.watch()
    assert not sampler.has_begun


def test_what_goes_wrong_is_raised_when_it_is_taken_and_not_in_the_program():
    class Odd(torch.nn.Linear):
        def named_modules(self, *args, **kwargs):
            raise RuntimeError("odd")

    sampler = Sampler()
    sampler.watch()
    Odd(1, 1)(torch.ones(1, 1))
    with pytest.raises(RuntimeError, match="odd"):
        sampler.take()


def test_the_first_and_the_last_are_kept_of_too_many():
    samples: list[Activations] = []
    for number in range(10_000):
        samples.append(Activations(number, {}))
        thin(samples, 20)
    backward = [sample.backward for sample in samples]
    assert len(backward) <= 20
    assert backward[0] == 0
    assert backward[-8:] == list(range(9_992, 10_000))


def test_hooks_that_came_meanwhile_are_left_where_they_are():
    sampler = Sampler()
    sampler.watch()
    TABLES._global_forward_hooks["midrun"] = hook = lambda *_: None
    sampler.take()
    assert TABLES._global_forward_hooks.pop("midrun") is hook
