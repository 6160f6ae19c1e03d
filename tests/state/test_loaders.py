from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from roundtrip import Blobs, again, dump  # noqa: E402
from torch.utils.data import (  # noqa: E402
    DataLoader,
    IterableDataset,
    TensorDataset,
    WeightedRandomSampler,
)


class Numbers(IterableDataset):  # type: ignore[type-arg]
    def __iter__(self) -> Iterator[int]:
        return iter(range(10))


def _list(items: Any) -> list[Any]:
    return [[part.tolist() for part in item] if isinstance(item, list) else item.tolist()
            for item in items]  # fmt: skip


@pytest.mark.parametrize(
    "options",
    [
        {"batch_size": 3},
        {"batch_size": 3, "shuffle": True},
        {"batch_size": 3, "shuffle": True, "drop_last": True},
        {"batch_size": None, "shuffle": True},
        {"batch_size": 2, "sampler": WeightedRandomSampler([0.1, 0.9] * 5, 10)},
        {"batch_size": 3, "shuffle": True, "generator": torch.Generator().manual_seed(4)},
    ],
)
def test_a_pass_goes_on_with_the_same_batches(options: dict[str, Any]) -> None:
    loader = DataLoader(TensorDataset(torch.arange(10)), **options)
    batches = iter(loader)
    next(batches)
    next(batches)
    batches2, loader2 = again((batches, loader))
    assert batches2._dataset is loader2.dataset
    assert _list(batches2) == _list(batches)
    state = torch.get_rng_state()
    expected = _list(loader)
    torch.set_rng_state(state)
    assert _list(loader2) == expected


@pytest.mark.parametrize("size", [None, 3])
def test_data_sets_that_are_iterated(size: int | None) -> None:
    batches = iter(DataLoader(Numbers(), batch_size=size))
    next(batches)
    batches2 = again(batches)
    rest, rest2 = list(batches), list(batches2)
    assert [torch.as_tensor(x).tolist() for x in rest2] == [
        torch.as_tensor(x).tolist() for x in rest
    ]


def test_a_loader_that_has_not_begun_and_a_pass_that_has_ended() -> None:
    loader = DataLoader(TensorDataset(torch.arange(4)))
    batches = iter(loader)
    list(batches)
    assert list(again(batches)) == []
    assert len(again(loader)) == 4


def test_workers_are_named_as_missing() -> None:
    # Made without its processes: what is tested is the answer, which depends on the type alone.
    kind = torch.utils.data.dataloader._MultiProcessingDataLoaderIter
    batches = type("Idle", (kind,), {"__del__": lambda self: None}).__new__(kind)
    batches._num_workers = 2
    batches._workers_status = []
    batches._shutdown = True
    _, session = dump([batches], Blobs())
    ((_, why),) = session.missing
    assert "2 worker processes" in why


PROGRAM = textwrap.dedent("""
    import pickle, sys
    from roundtrip import Blobs, ambient, dump, load
    from midrun.state.ambient import read_all, restore_all

    def go_on(state, steps):
        import torch
        losses = []
        for _ in range(steps):
            try:
                x, y = next(state["batches"])
            except StopIteration:
                state["batches"] = iter(state["loader"])
                x, y = next(state["batches"])
            state["optimizer"].zero_grad()
            loss = torch.nn.functional.cross_entropy(state["model"](x), y)
            loss.backward()
            state["optimizer"].step()
            state["scheduler"].step()
            state["loss"] = loss
            losses.append(loss.item().hex())
        return losses

    if sys.argv[1] == "save":
        import torch
        torch.manual_seed(3)
        data = torch.utils.data.TensorDataset(torch.randn(50, 8), torch.randint(3, (50,)))
        state = {"loader": torch.utils.data.DataLoader(data, 8, shuffle=True)}
        state["model"] = torch.nn.Sequential(
            torch.nn.Linear(8, 300), torch.nn.ReLU(), torch.nn.Dropout(), torch.nn.Linear(300, 3))
        state["optimizer"] = torch.optim.AdamW(state["model"].parameters(), amsgrad=True)
        state["scheduler"] = torch.optim.lr_scheduler.OneCycleLR(
            state["optimizer"], 0.01, total_steps=40)
        state["batches"] = iter(state["loader"])
        go_on(state, 5)
        blobs = Blobs()
        saved, session = dump((state, read_all(ambient())), blobs)
        assert not session.missing and not session.notes, session
        with open(sys.argv[2], "wb") as file:
            pickle.dump((saved, dict(blobs)), file)
    else:
        with open(sys.argv[2], "rb") as file:
            saved, blobs = pickle.load(file)
        (state, around), reports = load(saved, Blobs(blobs))
        assert not reports
        restore_all(ambient(), around)
        assert type(state["optimizer"]).step.hooked
    print(repr(state["loss"]), *go_on(state, 5))
""")


def test_training_goes_on_the_same_in_a_new_process(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    outputs = [
        subprocess.run(
            [sys.executable, str(program), step, str(tmp_path / "state")],
            env={"PYTHONPATH": str(Path(__file__).parent), "PATH": ""},
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )
        for step in ("save", "load")
    ]
    assert [done.stderr for done in outputs] == ["", ""]
    assert outputs[0].stdout == outputs[1].stdout
    assert len(outputs[0].stdout.split()) == 7
