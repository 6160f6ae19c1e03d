"""What DataLoaders give, told as events."""

from __future__ import annotations

import functools
import sys
import types
import weakref
import zlib
from typing import Any

from midrun.rehearse.watching import graph
from midrun.rehearse.watching.events import Events
from midrun.rehearse.watching.facts import Loader, Pass
from midrun.rehearse.watching.weak import Weakly
from midrun.run.imports import after_import

_MODULE = "torch.utils.data.dataloader"
_DIGESTED = 1 << 16  # bytes of a tensor
_PASSES = 8  # that are remembered of a loader


class Loading:
    """Follows all DataLoaders of this process. An iterator asks its sampler for the items of each
    batch in the order in which it gives them (`_next_index` and `__next__` in dataloader.py)."""

    def __init__(self, events: Events) -> None:
        self._events = events
        self._scene = events.scene
        self._of: Weakly[tuple[Loader, Pass]] = Weakly()

    def watch(self) -> None:
        """Follow them from now on, as soon as torch is imported."""
        after_import(_MODULE, self._follow)

    def _follow(self, module: types.ModuleType) -> None:
        base, kind, events = module._BaseDataLoaderIter, module.DataLoader, self._events
        construct, begin, reset = kind.__init__, base.__init__, base._reset
        next_index, advance = base._next_index, base.__next__

        @functools.wraps(construct)
        def constructed(loader: Any, *args: Any, **kwargs: Any) -> None:
            construct(loader, *args, **kwargs)
            events.safely(lambda: self._loader(loader))

        @functools.wraps(begin)
        def begun(iterator: Any, loader: Any, *args: Any, **kwargs: Any) -> None:
            events.safely(lambda: self._begin(iterator, loader))
            begin(iterator, loader, *args, **kwargs)

        @functools.wraps(reset)
        def begun_again(iterator: Any, loader: Any, *args: Any, **kwargs: Any) -> None:
            first = args[0] if args else kwargs.get("first_iter", False)
            if not first:
                events.safely(lambda: self._begin(iterator, loader))
            reset(iterator, loader, *args, **kwargs)

        @functools.wraps(next_index)
        def asked(iterator: Any) -> Any:
            items = next_index(iterator)
            events.safely(lambda: self._asked(iterator, items))
            return items

        @functools.wraps(advance)
        def given(iterator: Any) -> Any:
            batch = advance(iterator)
            events.safely(lambda: self._given(iterator, batch))
            return batch

        kind.__init__ = constructed
        base.__init__, base._reset = begun, begun_again
        base._next_index, base.__next__ = asked, given

    def _loader(self, loader: Any) -> Loader:
        found = self._scene.loaders.get(loader)
        if found is None:
            found = Loader(self._scene.places.here(), weakref.ref(loader), order=_order(loader))
            found.iterable = bool(loader._dataset_kind)  # 0 is a dataset that is indexed
            batches = type(getattr(loader, "batch_sampler", None)).__name__
            found.own_batches = batches not in ("BatchSampler", "NoneType")
            self._scene.loaders[loader] = found
            self._scene.all_loaders.append(found)
        return found

    def _begin(self, iterator: Any, loader: Any) -> None:
        known, one = self._loader(loader), Pass()
        known.passes.append(one)
        del known.passes[:-_PASSES]
        self._of[iterator] = known, one
        self._events.tell("loading", known, loader)

    def _asked(self, iterator: Any, items: Any) -> None:
        found = self._of.get(iterator)
        if found is not None and found[1].first is None:
            found[1].first = tuple(items) if isinstance(items, list | tuple) else (items,)

    def _given(self, iterator: Any, batch: Any) -> None:
        found = self._of.get(iterator)
        if found is None:
            return
        loader, one = found
        if not one.batches and len(loader.passes) <= _PASSES:
            one.digests = _digests(batch)
        if not one.batches:
            self._scene.bases[iterator._base_seed] = loader
        one.batches += 1
        self._scene.loaded_batch(loader)


def _order(loader: Any) -> str:
    """The class of the sampler, where that takes each item once."""
    sampler = getattr(loader, "sampler", None)
    name = type(sampler).__name__
    if name == "RandomSampler":
        source = vars(sampler)["data_source"]
        if vars(sampler)["replacement"] or vars(sampler)["_num_samples"] not in (None, len(source)):
            return "some of them"
    return name


def _digests(batch: Any) -> tuple[int, ...]:
    """A checksum of the beginning of each tensor in a batch."""
    torch = sys.modules["torch"]
    tensors = graph.tensors_in(batch, torch.Tensor)
    plain = [t.detach() for t in tensors if t.device.type == "cpu" and t.layout == torch.strided]
    return tuple(zlib.crc32(_bytes(t.contiguous().view(-1)[:_DIGESTED])) for t in plain)


def _bytes(tensor: Any) -> bytes:
    return bytes(tensor.view(sys.modules["torch"].uint8).numpy().tobytes())
