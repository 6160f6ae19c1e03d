from __future__ import annotations

import warnings
from collections import OrderedDict
from typing import Any

import pytest

torch = pytest.importorskip("torch")

import numpy as np  # noqa: E402
from roundtrip import Blobs, again, ambient, dump, load  # noqa: E402
from torch import nn  # noqa: E402

from midrun.state.ambient import read_all, restore_all  # noqa: E402
from midrun.state.loading import Loader  # noqa: E402

BIG = 50_000


class Tagged(torch.Tensor):
    pass


def _same(one: Any, other: Any) -> None:
    assert type(one) is type(other)
    for name in ("dtype", "shape", "device", "layout", "requires_grad", "is_leaf"):
        assert getattr(one, name) == getattr(other, name), name
    assert (one.is_inference(), one.is_conj()) == (other.is_inference(), other.is_conj())
    assert repr(one) == repr(other)
    if one.layout is torch.strided and not one.is_nested and one.device.type == "cpu":
        assert one.stride() == other.stride()
        if not one.is_quantized:
            assert one.is_neg() == other.is_neg()
            both = [t.detach().resolve_conj().resolve_neg().contiguous() for t in (one, other)]
            raw = [bytes(t.reshape(-1).view(torch.uint8).tolist()) for t in both]
            assert raw[0] == raw[1]


def _inference() -> Any:
    with torch.inference_mode():
        return torch.ones(3)


def _quantized(per_channel: bool = False) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scales, points = torch.tensor([0.1, 0.2]), torch.tensor([0, 1])
        if per_channel:
            return torch.quantize_per_channel(torch.randn(2, 3), scales, points, 0, torch.qint8)
        return torch.quantize_per_tensor(torch.randn(4), 0.1, 3, torch.quint8)


def _csr() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.eye(3).to_sparse_csr()


@pytest.mark.parametrize(
    "make",
    [
        lambda: torch.arange(12.0).reshape(3, 4),
        lambda: torch.tensor(2.5, dtype=torch.float64),
        lambda: torch.empty(0, 3),
        lambda: torch.arange(12).reshape(3, 4).t()[1:],
        lambda: torch.arange(4).expand(3, 4),
        lambda: torch.randn(3, 3, BIG // 9).permute(2, 0, 1),
        lambda: torch.randn(5).to(torch.bfloat16),
        lambda: torch.randn(5).to(torch.float8_e4m3fn),
        lambda: torch.tensor([True, False]),
        lambda: torch.tensor([1 + 2j, 3 - 1j]).conj(),
        lambda: torch.tensor([1 + 2j, 3 - 1j]).conj().imag,
        lambda: torch.zeros(3, device="meta"),
        lambda: torch.eye(3).to_sparse(),
        lambda: torch.eye(3).to_sparse().requires_grad_(),
        _csr,
        lambda: _quantized(),
        lambda: _quantized(per_channel=True),
        lambda: nn.Parameter(torch.randn(3)),
        lambda: nn.Parameter(torch.arange(3), requires_grad=False),
        lambda: nn.Buffer(torch.randn(3), persistent=False),
        lambda: torch.randn(3).as_subclass(Tagged),
        lambda: torch.tensor([float("nan"), -0.0]),
        _inference,
    ],
)
def test_every_kind_of_tensor_is_as_it_was(make: Any) -> None:
    tensor = make()
    found = again(tensor)
    _same(tensor, found)
    assert vars(found) == vars(tensor)


def test_nested_tensors() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parts = [torch.arange(2.0), torch.arange(3.0)]
        found = again(torch.nested.nested_tensor(parts))
        jagged = again(torch.nested.nested_tensor(parts, layout=torch.jagged))
        assert [part.tolist() for part in found.unbind()] == [[0, 1], [0, 1, 2]]
        assert [part.tolist() for part in jagged.unbind()] == [[0, 1], [0, 1, 2]]


def test_parameters_that_are_not_initialised_yet() -> None:
    model = again(nn.Sequential(nn.LazyLinear(3, dtype=torch.float64)))
    assert model(torch.ones(1, 2, dtype=torch.float64)).shape == (1, 3)


def test_attributes_and_cycles() -> None:
    tensor = nn.Parameter(torch.ones(2))
    tensor.me = tensor
    tensor.note = "kept"
    found = again(tensor)
    assert found.me is found
    assert found.note == "kept"


@pytest.mark.parametrize("length", [64, BIG])
def test_what_shares_memory_shares_it_after_loading(length: int) -> None:
    base = torch.zeros(length)
    held = {
        "view": base[10:20],
        "base": base,
        "array": base.numpy()[5:],
        "parameter": nn.Parameter(base[30:40]),
        "data": base.data,
        "storage": base.untyped_storage(),
        "apart": torch.zeros(length),
    }
    for names in (list(held), list(held)[::-1]):
        found = again({name: held[name] for name in names})
        found["base"][:] = torch.arange(length)
        assert found["view"].tolist() == list(range(10, 20))
        assert found["array"][:3].tolist() == [5, 6, 7]
        assert found["parameter"][0] == 30
        assert found["data"][33] == 33
        assert found["storage"].data_ptr() == found["base"].data_ptr()
        assert not found["apart"].any()


@pytest.mark.parametrize("length", [64, BIG])
def test_tensors_over_arrays_share_their_memory(length: int) -> None:
    array = np.zeros(length, dtype="f4")
    for order in ((0, 1, 2), (2, 1, 0)):
        held = (array, torch.from_numpy(array), torch.from_numpy(array)[3:])
        found = again([held[index] for index in order])
        array2, tensor2, view2 = (found[order.index(index)] for index in range(3))
        tensor2[3] = 5
        assert array2[3] == 5
        assert view2[0] == 5


def test_memory_that_only_overlaps_is_told_of() -> None:
    array = np.zeros(100)
    _, session = dump([torch.from_numpy(array[10:20]), array], Blobs())
    (note,) = session.notes
    assert "share" in note.why


def test_memory_begins_where_torch_would_put_it() -> None:
    for length in (3, 1000, BIG):
        assert again(torch.ones(length)).data_ptr() % 64 == 0


def test_small_storages_can_grow() -> None:
    found = again(torch.ones(3))
    assert found.resize_(100).shape == (100,)


def test_views_are_views_of_their_base() -> None:
    leaf = torch.ones(4, requires_grad=True)
    plain = torch.zeros(2, 3)
    leaf2, part2, plain2, row2 = again((leaf, leaf[1:3], plain, plain[1]))
    part2.sum().backward()
    assert leaf2.grad.tolist() == [0, 1, 1, 0]
    assert row2._base is plain2
    row2.mul_(torch.ones(3, requires_grad=True))  # autograd sees it through the view
    assert plain2.requires_grad


def test_gradients_and_hooks() -> None:
    calls: list[str] = []
    weight = nn.Parameter(torch.ones(3))
    frozen = nn.Parameter(torch.ones(2))
    frozen.grad = torch.ones(2)
    frozen.requires_grad_(False)
    weight.grad = torch.full((3,), 2.0)
    handle = weight.register_hook(lambda grad: calls.append("hook") or grad * 10)
    weight.register_post_accumulate_grad_hook(lambda p: calls.append("after"))
    found = again((weight, weight.grad, handle, calls, frozen))
    weight2, grad2, handle2, calls2, frozen2 = found
    assert weight2.grad is grad2
    assert not frozen2.requires_grad
    assert frozen2.grad.tolist() == [1, 1]
    weight2.sum().backward()
    assert grad2.tolist() == [12, 12, 12]
    assert calls2 == ["hook", "after"]
    handle2.remove()
    weight2.sum().backward()
    assert calls2 == ["hook", "after", "after"]


def test_handles_go_on_counting() -> None:
    handle = torch.utils.hooks.RemovableHandle(OrderedDict())
    (entry,) = [entry for entry in ambient() if entry.name == "torch: hooks"]
    state = again(entry.read())
    entry.restore(state)
    assert torch.utils.hooks.RemovableHandle(OrderedDict()).id == handle.id + 1


def test_generators() -> None:
    generator = torch.Generator()
    generator.manual_seed(5)
    torch.randn(3, generator=generator)
    default, generator2 = again((torch.default_generator, generator))
    assert default is torch.default_generator
    assert generator2.initial_seed() == 5
    assert torch.equal(torch.randn(9, generator=generator2), torch.randn(9, generator=generator))


def test_names_of_torchs_own() -> None:
    things = [
        torch.float32, torch.strided, torch.channels_last, torch.per_tensor_affine, torch.add,
        torch.Tensor.add, nn.functional.gelu, nn.functional.relu, torch.ops.aten.add,
        torch.ops.aten.add.Tensor, torch.ops.aten, torch.ops,
    ]  # fmt: skip
    for thing, found in zip(things, again(things), strict=True):
        assert found is thing or found == thing
    assert again(torch.device("cuda", 1)) == torch.device("cuda:1")
    assert again(torch.finfo(torch.float16)).max == 65504
    assert again(torch.Size([1, 2])) == torch.Size([1, 2])
    assert type(again(torch.Size([1, 2]))) is torch.Size


def test_a_device_that_is_not_there_is_named() -> None:
    from midrun.errors import MidrunError
    from midrun.state.adapters.devices import on_device

    if torch.accelerator.is_available():
        pytest.skip("there is a device")
    with pytest.raises(MidrunError, match="cuda:0"):
        on_device(memoryview(bytearray(8)), torch.device("cuda:0"))


def test_inference_mode_that_was_entered() -> None:
    blobs = Blobs()
    with torch.inference_mode() as _:
        mode = torch.inference_mode()
        mode.__enter__()
        tensor = torch.ones(2)
        data, session = dump((mode, tensor), blobs)
        mode.__exit__(None, None, None)
    assert not session.missing
    (mode2, tensor2), _ = load(data, blobs)
    assert torch.is_inference_mode_enabled()
    assert tensor2.is_inference()
    mode2.__exit__(None, None, None)
    assert not torch.is_inference_mode_enabled()


def _train(model: Any, optimizer: Any, scheduler: Any, steps: int) -> list[float]:
    losses = []
    for step in range(steps):
        x = torch.sin(torch.arange(24.0).reshape(4, 6) * (step + 1))

        def closure(x: Any = x) -> Any:
            optimizer.zero_grad()
            loss = model(x).square().sum()
            loss.backward()
            return loss

        losses.append(optimizer.step(closure).item())
        if scheduler is not None:
            scheduler.step()
    return losses


OPTIMIZERS = [
    name
    for name, kind in vars(torch.optim).items()
    if isinstance(kind, type)
    and issubclass(kind, torch.optim.Optimizer)
    and name not in ("Optimizer", "SparseAdam", "Muon")
]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_goes_on_the_same(name: str) -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 2))
    optimizer = getattr(torch.optim, name)(model.parameters(), lr=0.01)
    _train(model, optimizer, None, 3)
    model2, optimizer2 = again((model, optimizer))
    for one, other in zip(model2.parameters(), optimizer2.param_groups[0]["params"], strict=True):
        assert one is other
    assert _train(model2, optimizer2, None, 3) == _train(model, optimizer, None, 3)


SCHEDULERS = {
    "LambdaLR": lambda o: torch.optim.lr_scheduler.LambdaLR(o, lambda epoch: 0.9**epoch),
    "OneCycleLR": lambda o: torch.optim.lr_scheduler.OneCycleLR(o, 0.1, total_steps=20),
    "CyclicLR": lambda o: torch.optim.lr_scheduler.CyclicLR(
        o, 0.001, 0.1, 3, mode="exp_range", gamma=0.9
    ),
    "SequentialLR": lambda o: torch.optim.lr_scheduler.SequentialLR(
        o,
        [
            torch.optim.lr_scheduler.LinearLR(o, total_iters=2),
            torch.optim.lr_scheduler.CosineAnnealingLR(o, 10),
        ],
        [4],
    ),
    "CosineAnnealingWarmRestarts": lambda o: torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(
        o, 3
    ),
}


@pytest.mark.parametrize("name", list(SCHEDULERS))
def test_schedulers_go_on_the_same(name: str) -> None:
    torch.manual_seed(0)
    model = nn.Linear(6, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    scheduler = SCHEDULERS[name](optimizer)
    _train(model, optimizer, scheduler, 3)
    model2, optimizer2, scheduler2 = again((model, optimizer, scheduler))
    assert scheduler2.optimizer is optimizer2
    assert _train(model2, optimizer2, scheduler2, 5) == _train(model, optimizer, scheduler, 5)
    assert scheduler2.get_last_lr() == scheduler.get_last_lr()


def test_hooks_of_optimizers() -> None:
    model = nn.Linear(6, 2)
    optimizer = torch.optim.AdamW(model.parameters())
    calls: list[int] = []
    optimizer.register_step_post_hook(lambda *args: calls.append(1))
    model2, optimizer2, calls2 = again((model, optimizer, calls))
    _train(model2, optimizer2, None, 2)
    assert calls2 == [1, 1]


def test_a_scaler_between_unscale_and_step() -> None:
    model = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scaler = torch.amp.GradScaler("cpu", init_scale=8.0)
    scaler.scale(model(torch.ones(1, 2)).sum()).backward()
    scaler.unscale_(optimizer)
    model2, optimizer2, scaler2 = again((model, optimizer, scaler))
    for s, o in ((scaler, optimizer), (scaler2, optimizer2)):
        s.step(o)
        s.update()
    assert torch.equal(model.weight, model2.weight)
    assert scaler2.state_dict() == scaler.state_dict()


def test_modules_with_much_machinery() -> None:
    torch.manual_seed(0)
    model = nn.ModuleDict({
        "rnn": nn.LSTM(3, 4, num_layers=2),
        "norm": nn.BatchNorm1d(4),
        "weight": nn.utils.parametrizations.weight_norm(nn.Linear(4, 4)),
        "spectral": nn.utils.parametrizations.spectral_norm(nn.Linear(4, 4)),
        "attention": nn.TransformerEncoderLayer(4, 2, 8, dropout=0.0),
    })  # fmt: skip
    model["tied"] = nn.Linear(4, 4)
    model["tied"].weight = nn.Parameter(model["attention"].self_attn.out_proj.weight)
    average = torch.optim.swa_utils.AveragedModel(
        nn.Linear(2, 2), multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.9)
    )
    average.update_parameters(nn.Linear(2, 2))

    def run(model: Any) -> Any:
        out, _ = model["rnn"](torch.arange(12.0).reshape(2, 2, 3))
        out = model["spectral"](model["weight"](model["norm"](out.reshape(4, 4))))
        return model["tied"](model["attention"](out)).sum()

    run(model).backward()
    model2, average2 = again((model, average))
    assert torch.equal(run(model2), run(model))
    assert type(model2["weight"]).__name__ == "ParametrizedLinear"
    rnn = model2["rnn"]
    assert rnn._flat_weights[0] is rnn.weight_ih_l0
    tied = model2["tied"].weight
    assert tied.data_ptr() == model2["attention"].self_attn.out_proj.weight.data_ptr()
    torch.manual_seed(1)
    update = nn.Linear(2, 2)
    for one in (average, average2):
        one.update_parameters(update)
    assert torch.equal(average.module.weight, average2.module.weight)
    assert int(average2.n_averaged) == 2


def test_module_hooks_and_their_handles() -> None:
    model = nn.Linear(2, 2)
    calls: list[str] = []
    handle = model.register_forward_hook(lambda *args: calls.append("forward"))
    model2, handle2, calls2 = again((model, handle, calls))
    model2(torch.ones(1, 2))
    handle2.remove()
    model2(torch.ones(1, 2))
    assert calls2 == ["forward"]


def test_functional_transforms() -> None:
    gradient = again(torch.func.grad(torch.sin))
    assert gradient(torch.tensor(0.0)) == 1
    stacked, buffers = torch.func.stack_module_state([nn.Linear(2, 2), nn.Linear(2, 2)])
    found, _ = again((stacked, buffers))
    assert torch.equal(found["weight"], stacked["weight"])


def test_ambient_state() -> None:
    entries = [entry for entry in ambient() if entry.module == "torch"]
    before = read_all(entries)
    try:
        torch.manual_seed(11)
        torch.randn(3)
        torch.set_default_dtype(torch.float64)
        torch.set_default_device("meta")
        torch.use_deterministic_algorithms(True, warn_only=True)
        torch.set_printoptions(precision=2)
        torch.backends.cudnn.benchmark = True
        torch.set_float32_matmul_precision("high")
        torch.set_grad_enabled(False)
        torch.autocast("cpu", dtype=torch.bfloat16).__enter__()
        blobs = Blobs()
        data, session = dump(read_all(entries), blobs)
        assert not session.missing
        torch.set_default_device(None)
        restore_all(entries, before)
        torch.autocast_decrement_nesting()
        restore_all(entries, load(data, blobs)[0])
        assert torch.get_default_dtype() is torch.float64
        assert torch.zeros(1).device.type == "meta"
        assert torch.is_deterministic_algorithms_warn_only_enabled()
        assert repr(torch.tensor(1 / 3, device="cpu")) == "tensor(0.33)"
        assert torch.backends.cudnn.benchmark
        assert torch.get_float32_matmul_precision() == "high"
        assert not torch.is_grad_enabled()
        assert torch.is_autocast_enabled("cpu")
        first = torch.randn(3, device="cpu")
        torch.manual_seed(11)
        torch.randn(3, device="cpu", dtype=torch.float32)
    finally:
        torch.set_default_device(None)
        restore_all(entries, before)
        torch.autocast_decrement_nesting()
        torch.clear_autocast_cache()
    torch.manual_seed(11)
    torch.randn(3)
    assert torch.equal(first, torch.randn(3, dtype=torch.float64))


def test_what_was_on_an_accelerator_comes_to_the_device_that_is_named() -> None:
    """Without one, a state that names one is made by hand."""
    from midrun.state.adapters.devices import on_device

    loader = Loader(b"", [], blobs=None, reviver=None)  # type: ignore[arg-type]
    loader.device = "cpu"
    assert loader._device("cuda:1") == torch.device("cpu")
    assert loader._device("meta") == torch.device("meta")
    storage = on_device(memoryview(bytearray(b"1234")), loader._device("cuda"))
    assert bytes(storage.tolist()) == b"1234"
