"""Iterators of `torch.utils.data.DataLoader`.

One with worker processes is saved as it stands: which tasks are out, and the random state of each
worker after the last batch that the program has had of it (see `workers`). Its processes are
started again when it is first used: they are forks of the program, which has to be whole by then.
"""

from __future__ import annotations

import contextlib
import copyreg
import functools
import sys
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from midrun.state.adapters import statefulloaders
from midrun.state.adapters.randomness import RandomState
from midrun.state.adapters.workers import Begin, Tagged, WorkerLoop

if TYPE_CHECKING:
    from midrun.state.pickling import Saver
    from midrun.state.registry import Registry

MODULE = "torch.utils.data.dataloader"
STATEFUL_MODULE = statefulloaders.MODULE
_WORKER_MODULE = "torch.utils.data._utils.worker"
# By the module of iterators with workers: their class, and the module of their workers' loop.
_ITERATORS = {
    MODULE: ("_MultiProcessingDataLoaderIter", _WORKER_MODULE),
    STATEFUL_MODULE: (statefulloaders.KIND, STATEFUL_MODULE),
}
_WATCHED = ("_next_index", "_get_data", "_process_data", "_next_data", "_reset")
# What belongs to the processes and threads of an iterator.
_OF_PROCESSES = {
    "_worker_result_queue",
    "_worker_pids_set",
    "_workers_done_event",
    "_index_queues",
    "_workers",
    "_pin_memory_thread",
    "_pin_memory_thread_done_event",
    "_data_queue",
}
# What an iterator is begun with; the rest of its variables are put back after that.
_OF_LOADER = {
    "dataset": "_dataset",
    "_dataset_kind": "_dataset_kind",
    "_IterableDataset_len_called": "_IterableDataset_len_called",
    "_auto_collation": "_auto_collation",
    "drop_last": "_drop_last",
    "num_workers": "_num_workers",
    "pin_memory": "_pin_memory",
    "timeout": "_timeout",
    "collate_fn": "_collate_fn",
    "persistent_workers": "_persistent_workers",
    "prefetch_factor": "_prefetch_factor",
    "in_order": "_in_order",
    "worker_init_fn": "_worker_init_fn",
    "snapshot_every_n_steps": "_snapshot_interval",
}


def add(registry: Registry) -> None:
    registry.register(f"{MODULE}._SingleProcessDataLoaderIter", _in_process)
    for module, (kind, _) in _ITERATORS.items():
        registry.register(f"{module}.{kind}", _with_workers)


def _in_process(obj: Any, saver: Saver) -> Any:
    # Its own __getstate__ refuses, for the sake of generators, which midrun can save.
    return copyreg.__newobj__, (type(obj),), dict(obj.__dict__)  # type: ignore[attr-defined]


@dataclass
class Progress:
    """What midrun notes of an iterator with workers: by worker, the random state after the last
    batch that the program has had, that at the beginning of the pass, and the tasks of the batches
    that it has had (of an IterableDataset), each with how many times; by number, the tasks that are
    out. `start_method` is that of its processes."""

    states: dict[int, RandomState] = field(default_factory=dict)
    starts: dict[int, RandomState] = field(default_factory=dict)
    done: dict[int, list[tuple[Any, int]]] = field(default_factory=dict)
    tasks: dict[int, Any] = field(default_factory=dict)
    changed: str = ""
    failed: str = ""
    start_method: str | None = None

    def take(self, tag: Tagged) -> None:
        """A batch, or the end of a worker's data, has reached the program."""
        if tag.state is not None:
            self.states[tag.worker] = tag.state
        if tag.start is not None:
            self.starts[tag.worker] = tag.start
        self.changed = self.changed or tag.changed
        self.failed = self.failed or tag.failed

    def count(self, worker: int, task: Any) -> None:
        """The program has had the batch of a task."""
        done = self.done.setdefault(worker, [])
        if done and done[-1][0] == task:
            done[-1] = task, done[-1][1] + 1
        else:
            done.append((task, 1))


def outstanding(iterator: Any) -> dict[int, Any]:
    """What the workers of an iterator have been asked for, by the number of the batch."""
    found = vars(iterator).get("_midrun")
    return found.tasks if isinstance(found, Progress) else {}


def watch(module: types.ModuleType) -> None:
    """Have the iterators of torch's `dataloader` module, or torchdata's, noted from now on. Where
    they are made otherwise they are left alone; they can't be saved then."""
    name, home = _ITERATORS[module.__name__]
    kind, loop = module.__dict__.get(name), getattr(sys.modules.get(home), "_worker_loop", None)
    if kind is None or loop is None or not all(hasattr(kind, name) for name in _WATCHED):
        return
    sys.modules[home]._worker_loop = WorkerLoop(loop, home)  # type: ignore[attr-defined]
    for name in _WATCHED:
        setattr(kind, name, _watched(globals()[f"_watch{name}"], getattr(kind, name)))


def _watched(watcher: Callable[..., Any], method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def call(iterator: Any, *arguments: Any, **options: Any) -> Any:
        return watcher(iterator, method, *arguments, **options)

    return call


def _progress(iterator: Any) -> Progress:
    found = iterator.__dict__.get("_midrun")
    if found is None:
        found = iterator._midrun = Progress()
    assert isinstance(found, Progress)
    return found


def _watch_next_index(iterator: Any, method: Callable[..., Any]) -> Any:
    task = method(iterator)
    progress = _progress(iterator)
    progress.tasks = {n: t for n, t in progress.tasks.items() if n in iterator._task_info}
    progress.tasks[iterator._send_idx] = task
    return task


def _watch_get_data(iterator: Any, method: Callable[..., Any]) -> Any:
    index, result = method(iterator)
    nested = isinstance(result, tuple | list)  # torchdata's: with the worker and its state
    data, *rest = result if nested else (result,)
    if isinstance(data, Tagged) and data.is_end:
        _progress(iterator).take(data)
        data = data.data
    elif isinstance(data, Tagged) and iterator._dataset_kind == _ITERABLE:
        data.task = _progress(iterator).tasks.get(index)
    return index, ((data, *rest) if nested else data)


def _watch_process_data(iterator: Any, method: Callable[..., Any], data: Any, *rest: Any) -> Any:
    if isinstance(data, Tagged):
        progress = _progress(iterator)
        progress.take(data)
        if iterator._dataset_kind == _ITERABLE:
            progress.count(data.worker, data.task)
        data = data.data
    return method(iterator, data, *rest)


def _watch_next_data(iterator: Any, method: Callable[..., Any]) -> Any:
    _start(iterator)
    return method(iterator)


def _watch_reset(iterator: Any, method: Callable[..., Any], *rest: Any, **options: Any) -> Any:
    _start(iterator)
    progress = _progress(iterator)
    progress.done = {}
    progress.tasks = {}
    return method(iterator, *rest, **options)


_ITERABLE = 1  # _DatasetKind.Iterable


def _with_workers(obj: Any, saver: Saver) -> Any:
    state = {name: value for name, value in obj.__dict__.items() if name not in _OF_PROCESSES}
    progress = state.get("_midrun")
    if progress is None or (hasattr(obj, "_pg") and obj._pg is not None):
        return saver.give_up(
            obj,
            f"a pass of a DataLoader with {obj._num_workers} worker processes that midrun has not "
            "seen begin can't be saved: use num_workers=0, or a savepoint between two passes",
        )
    why_not = statefulloaders.why_not(state) if statefulloaders.is_one(state) else ""
    if why_not:
        return saver.give_up(obj, why_not)
    if obj._workers:
        progress.start_method = getattr(type(obj._workers[0]), "_start_method", None)
    if progress.changed and not statefulloaders.has_states(state):
        saver.note(
            "changed",
            f"the DataLoader of {type(obj._dataset).__qualname__}",
            f"its workers change their copies of the dataset as they work ({progress.changed}); "
            "the copies of new workers begin without these changes",
        )
    if not obj._shutdown:
        state["_midrun_waits"] = True
    # Until it is started again it looks as if it had been shut down, so that it can be dropped.
    state |= {"_shutdown": True, "_workers": [], "_worker_pids_set": False}
    return copyreg.__newobj__, (type(obj),), state  # type: ignore[attr-defined]


def _start(iterator: Any) -> None:
    """Start the processes of an iterator that was restored, unless it has been used already."""
    if not iterator.__dict__.pop("_midrun_waits", False):
        return
    saved = dict(iterator.__dict__)
    progress = saved["_midrun"] = replace(saved["_midrun"])  # a new pass empties the other one
    begins = {worker: _begin(saved, progress, worker) for worker in range(saved["_num_workers"])}
    kind = type(iterator)
    stateful = statefulloaders.is_one(saved)
    home = STATEFUL_MODULE if stateful else _WORKER_MODULE
    first = (statefulloaders.first_state(saved),) if stateful else ()
    fork_rng = sys.modules["torch"].random.fork_rng(devices=[])  # a new iterator draws a seed
    with _worker_loop(home, begins, saved["_base_seed"]), fork_rng:
        kind.__init__(iterator, _loader(saved, progress), *first)
    if stateful:
        saved["_worker_snapshots"] = statefulloaders.newer_snapshots(iterator, saved)
    for name in {"_shutdown", *_OF_PROCESSES}:
        saved.pop(name, None)
    iterator.__dict__.update(saved)
    _send_again(iterator, progress)


def _begin(saved: dict[str, Any], progress: Progress, worker: int) -> Begin:
    has_ended = not saved["_workers_status"][worker]
    if has_ended and not saved["_persistent_workers"]:
        return Begin(ended=True)
    replayed = not has_ended and not statefulloaders.has_states(saved)
    done = progress.done.get(worker, []) if replayed else []
    start = progress.starts.get(worker) if done else None
    read = not replayed and statefulloaders.has_read_all(saved, worker)
    return Begin(progress.states.get(worker), start, done, read)


def _send_again(iterator: Any, progress: Progress) -> None:
    """Give the workers the tasks that were out, and those whose batches had come too early."""
    status = iterator._workers_status
    stateful = statefulloaders.is_one(vars(iterator))
    for number, (worker, *batch) in sorted(iterator._task_info.items()):
        if status[worker]:
            iterator._task_info[number] = (worker,)
            task = progress.tasks[number]
            sent = statefulloaders.task(vars(iterator), task) if stateful else task
            iterator._index_queues[worker].put((number, sent))
        elif not batch:
            del iterator._task_info[number]
    out = [info[0] for info in iterator._task_info.values() if len(info) == 1]
    iterator._tasks_outstanding = len(out)
    if hasattr(iterator, "_workers_num_tasks"):
        held = [info[0] for info in iterator._task_info.values()]
        iterator._workers_num_tasks = [held.count(w) for w in range(iterator._num_workers)]


def _loader(saved: dict[str, Any], progress: Progress) -> types.SimpleNamespace:
    """What the iterator takes for its loader: one that has no tasks."""
    import torch.multiprocessing

    context = torch.multiprocessing.get_context(progress.start_method)
    loader = types.SimpleNamespace(
        generator=None, pin_memory_device="", multiprocessing_context=context, _index_sampler=()
    )
    for name, variable in _OF_LOADER.items():
        setattr(loader, name, saved.get(variable, name == "in_order"))
    return loader


@contextlib.contextmanager
def _worker_loop(home: str, begins: dict[int, Begin], base_seed: int) -> Iterator[None]:
    """Have the workers that are started begin where they are to."""
    module: Any = sys.modules[home]
    plain = module._worker_loop
    module._worker_loop = WorkerLoop(plain.loop, home, begins, base_seed)
    try:
        yield
    finally:
        module._worker_loop = plain
