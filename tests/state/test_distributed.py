"""What belongs to a group of processes is missing, and says what to do."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from roundtrip import Blobs, dump, load  # noqa: E402

from midrun.errors import MidrunError  # noqa: E402


def test_a_spread_tensor_its_mesh_and_its_group_are_missing_with_a_way_out():
    import torch.distributed as dist
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.tensor import Replicate, distribute_tensor

    dist.init_process_group("gloo", rank=0, world_size=1, store=dist.HashStore())
    try:
        mesh = init_device_mesh("cpu", (1,))
        spread = distribute_tensor(torch.arange(3.0), mesh, [Replicate()])
        blobs = Blobs()
        data, session = dump([spread, mesh, dist.group.WORLD, torch.ones(2)], blobs)
    finally:
        dist.destroy_process_group()
    assert [why for _, why in session.missing] == [
        "it is spread over a group of processes, which is not saved; its full_tensor(), or "
        "to_local(), can be",
        *["groups of processes are not saved; call init_process_group() and make it anew"] * 2,
    ]
    (spread, *_, plain), _ = load(data, blobs)
    assert plain.tolist() == [1, 1]
    with pytest.raises(MidrunError, match="full_tensor"):
        spread.sum()
