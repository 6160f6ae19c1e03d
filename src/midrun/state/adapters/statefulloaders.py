"""Iterators of torchdata's `StatefulDataLoader`: what they have beyond torch's own.

Their workers send, with a batch, what the dataset's `state_dict` says after it; a new worker begins
with that, where there is one. Otherwise, and for random numbers, they are handled like torch's.
"""

from __future__ import annotations

from typing import Any

from midrun.state.session import NotNow

MODULE = "torchdata.stateful_dataloader.stateful_dataloader"
KIND = "_StatefulMultiProcessingDataLoaderIter"


def is_one(state: dict[str, Any]) -> bool:
    """Whether the variables of an iterator with workers are those of one of torchdata's."""
    return "_worker_snapshots" in state


def has_states(state: dict[str, Any]) -> bool:
    """Whether the dataset, or its iterator, says its state."""
    return any(_says_state(snapshot.get_state()) for snapshot in _snapshots(state).values())


def _snapshots(state: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = state.get("_worker_snapshots", {})
    return found


def _says_state(of_worker: dict[str, Any]) -> bool:
    of_fetcher = of_worker["fetcher_state"] or {}
    return (of_worker["dataset_state"], of_fetcher.get("dataset_iter_state")) != (None, None)


def has_read_all(state: dict[str, Any], worker: int) -> bool:
    """Whether a worker's last batch was cut short by the end of its data."""
    snapshot = _snapshots(state).get(f"worker_{worker}")
    of_fetcher = snapshot.get_state()["fetcher_state"] if snapshot is not None else None
    return bool(of_fetcher and of_fetcher["fetcher_ended"])


def why_not(state: dict[str, Any]) -> str:
    """Why an iterator can't be saved, if it can't.

    Raises NotNow if it can after some more batches.
    """
    if state["_shutdown"] or not has_states(state):
        return ""
    if not state["_snapshot_interval"]:
        return "its dataset is never asked for its state: use snapshot_every_n_steps=1"
    if state["_num_yielded"] != state["_snapshot"]["_snapshot_step"]:
        raise NotNow("the dataset of a StatefulDataLoader is asked for its state only sometimes")
    return ""


def first_state(saved: dict[str, Any]) -> dict[str, Any]:
    """What a new iterator is to begin with, as from `state_dict`: the states of the old workers,
    and no batch yet."""
    states = {key: snapshot.get_state() for key, snapshot in saved["_worker_snapshots"].items()}
    count = saved["_num_workers"]
    main = {
        "_num_workers": count,
        "_sampler_iter_state": None,
        "_index_sampler_state": None,
        "_sampler_iter_yielded": 0,
        "_IterableDataset_len_called": None,
        "_shared_seed": saved["_shared_seed"],
        "_base_seed": saved["_base_seed"],
    }
    snapshot = {
        "_snapshot_step": 0,
        "_last_yielded_worker_id": count - 1,
        "_main_snapshot": main,
        "_worker_snapshots": states,
    }
    return {"_snapshot": snapshot, "_steps_since_snapshot": 0, "_iterator_finished": False}


def newer_snapshots(iterator: Any, saved: dict[str, Any]) -> dict[str, Any]:
    """The snapshots that go with new workers: the changes that those report refer to them."""
    status, old = saved["_workers_status"], saved["_worker_snapshots"]
    ended = {iterator._worker_key(w) for w in range(len(status)) if not status[w]}
    return {**iterator._worker_snapshots, **{key: old[key] for key in ended}}


def task(saved: dict[str, Any], task: Any) -> Any:
    """A task as it is sent to a worker: whether to say the state goes with it."""
    return task, bool(saved["_snapshot_interval"])
