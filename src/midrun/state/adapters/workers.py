"""What midrun does in the worker processes of a `DataLoader`.

Each batch goes back with the state of the worker's random number generators after it, so that a new
worker can begin after any batch. That costs some 0.1 ms a batch in the worker, and no memory: what
was fetched ahead is fetched again.

A worker of an `IterableDataset` holds an iterator as well. A new one reads again, and drops, what
the old one had handed out; with the same seeds, that brings it to the same place.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from midrun.state.adapters.randomness import Randomness, RandomState, variables


@dataclass
class Tagged:
    """A batch of worker `worker`, with the random state after it and, with the first of a pass,
    that before it; None where nothing has been drawn since. `changed` names a variable of the
    dataset that the worker has changed, `failed` says why its state is not known. `task` is what
    the batch was made from, if that matters. At the end of its data a worker sends no batch, but
    torch's mark for that."""

    data: Any
    worker: int
    state: RandomState | None = None
    start: RandomState | None = None
    changed: str = ""
    failed: str = ""
    task: Any = None

    @property
    def is_end(self) -> bool:
        return type(self.data).__name__ == "_IterableDatasetStopIteration"

    def pin_memory(self) -> Tagged:
        """What the thread that pins memory asks of a batch that is no tensor."""
        from torch.utils.data._utils.pin_memory import pin_memory

        return replace(self, data=pin_memory(self.data))


@dataclass
class Begin:
    """Where a new worker is to begin: `skip` lists the tasks to be done again first, each with how
    many times, `start` is the random state before them and `state` that after. Where the data have
    been `read` to their end, no more is to be asked for. A worker that has `ended` does nothing."""

    state: RandomState | None = None
    start: RandomState | None = None
    skip: list[tuple[Any, int]] = field(default_factory=list)
    read: bool = False
    ended: bool = False


class WorkerLoop:
    """Runs the `_worker_loop` of torch, or torchdata, in its place; `home` is its module. `begins`
    says where the workers of an iterator that was saved are to begin, with the base seed of the old
    ones."""

    def __init__(
        self,
        loop: Callable[..., None],
        home: str,
        begins: dict[int, Begin] | None = None,
        base_seed: int | None = None,
    ) -> None:
        self.loop: Callable[..., None] | None = loop
        self._home = home
        self._begins = begins or {}
        self._base_seed = base_seed

    def __getstate__(self) -> dict[str, Any]:
        """For a worker that is spawned: it finds the function under its name."""
        return self.__dict__ | {"loop": None}

    def __call__(self, *args: Any) -> None:
        loop = _plain_loop(self._home) if self.loop is None else self.loop
        arguments = dict(zip(inspect.signature(loop).parameters, args, strict=True))
        worker = arguments["worker_id"]
        begin = self._begins.get(worker, Begin())
        says_state = "worker_state" in arguments  # torchdata's, which is asked for one first
        if begin.ended:
            if says_state:
                asked = arguments["index_queue"].get()
                arguments["data_queue"].put((asked, asked))
            return
        if self._base_seed is not None:
            arguments["base_seed"] = self._base_seed
        tracker = _Tracker(worker, arguments["dataset"], arguments["collate_fn"], begin)
        arguments["init_fn"] = tracker.after(arguments["init_fn"])
        arguments["index_queue"] = _Tasks(arguments["index_queue"], tracker)
        arguments["data_queue"] = _Results(arguments["data_queue"], tracker, says_state)
        loop(**arguments)


def _plain_loop(home: str) -> Callable[..., None]:
    found: Callable[..., None] = importlib.import_module(home)._worker_loop
    return getattr(found, "loop", found)


class _Tracker:
    """Knows what the worker's random state is, and was."""

    def __init__(self, worker: int, dataset: Any, collate: Any, begin: Begin) -> None:
        self._worker = worker
        self._roots = {"dataset": dataset, "collate_fn": collate}
        self._begin: Begin | None = begin
        self._fetcher: Any = None
        self._last: RandomState | None = None
        self._start: RandomState | None = None
        self._count = 0
        self._failed = ""
        self._variables: dict[str, Any] = {}

    def after(self, init: Callable[[int], None] | None) -> Callable[[int], None]:
        """The worker's `init_fn`, and what is to follow on it."""

        def init_and_begin(worker: int) -> None:
            if init is not None:
                init(worker)
            try:
                self._randomness = Randomness(self._roots)
                if self._begin is not None and self._begin.start is not None:
                    self._randomness.write(self._begin.start)
                self._keep_fetcher()
            except Exception as error:  # the worker's own work must not suffer
                self._failed = repr(error)
            self.begin_pass()

        return init_and_begin

    def begin_pass(self) -> None:
        """The worker is about to make its iterator."""
        try:
            self._start = self._randomness.read()
            self._variables = variables(self._roots)
        except Exception as error:
            self._failed = self._failed or repr(error)

    def begin_tasks(self) -> None:
        """The worker is about to take its first task: bring it to where the old one was."""
        begin, self._begin = self._begin, None
        if begin is None:
            return
        for task, count in begin.skip:
            for _ in range(count):
                self._fetcher.fetch(task)
        if begin.state is not None:
            self._randomness.write(begin.state)
        if begin.read:
            self._fetcher.ended = True

    def tag(self, data: Any) -> Tagged:
        """A batch that is about to be sent, with what is new."""
        tagged = Tagged(data, self._worker, failed=self._failed)
        if not self._failed:
            try:
                self._add_state(tagged)
            except Exception as error:
                tagged.failed = self._failed = repr(error)
        return tagged

    def _add_state(self, tagged: Tagged) -> None:
        state = self._randomness.read()
        tagged.state, self._last = (state if state != self._last else None), state
        tagged.start, self._start = self._start, None
        self._count += 1
        if self._count & (self._count - 1) == 0:  # seldom, as it takes longer
            before, self._variables = self._variables, variables(self._roots)
            changed = {n for n, value in self._variables.items() if before.get(n, value) != value}
            tagged.changed = min(changed, default="")

    def _keep_fetcher(self) -> None:
        """Have a look at the fetcher that torch's loop is about to make."""
        from torch.utils.data.dataloader import _DatasetKind

        create = _DatasetKind.create_fetcher

        def create_and_keep(*arguments: Any) -> Any:
            self._fetcher = create(*arguments)
            return self._fetcher

        _DatasetKind.create_fetcher = staticmethod(create_and_keep)


class _Tasks:
    """The worker's end of its queue of tasks."""

    def __init__(self, queue: Any, tracker: _Tracker) -> None:
        self._queue = queue
        self._tracker = tracker

    def get(self, *arguments: Any, **options: Any) -> Any:
        self._tracker.begin_tasks()
        task = self._queue.get(*arguments, **options)
        if type(task).__name__ == "_ResumeIteration":
            self._tracker.begin_pass()
        return task


class _Results:
    """The worker's end of the queue of batches; with `nested` a batch is the first of several."""

    def __init__(self, queue: Any, tracker: _Tracker, nested: bool) -> None:
        self._queue = queue
        self._tracker = tracker
        self._nested = nested

    def put(self, result: tuple[Any, Any]) -> None:
        index, data = result
        if isinstance(index, int):
            tag = self._tracker.tag
            data = (tag(data[0]), *data[1:]) if self._nested else tag(data)
        self._queue.put((index, data))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._queue, name)
