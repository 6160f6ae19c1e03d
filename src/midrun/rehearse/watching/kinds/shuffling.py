"""Training data that are not shuffled, and evaluation data that are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from midrun.rehearse.fault import Fault
from midrun.rehearse.watching.facts import Loader, Pass
from midrun.rehearse.watching.places import Place
from midrun.rehearse.watching.watcher import Watcher, fault


class Shuffling(Watcher):
    """Compares the first batches of passes. Where the same items are other data each time the order
    does not matter, nor does it where a model carries its state from batch to batch, which has to
    see them in order. A part of a loader's data may well be taken at random for an evaluation."""

    def faults(self) -> Iterator[Fault]:
        carrying = {
            loader for call in self.scene.forwards if call.model.carries for loader in call.loaders
        }
        passes: dict[Place, list[Pass]] = defaultdict(list)
        for loader in self.scene.all_loaders:
            ordered = loader.order == "SequentialSampler" and not loader.own_batches
            if loader.trains and ordered and loader.place and loader not in carrying:
                passes[loader.place] += [one for one in loader.passes if one.first]
        for place, found in passes.items():
            if len(found) > 1 and _are_same(found):
                yield from fault(
                    "not-shuffled",
                    place,
                    "this training data comes in the same order in each epoch",
                    f"{len(found)} passes began with the same {len(found[0].first or ())} items,"
                    f" {_items(found[0])}",
                )
        evaluating = {loader for call in self.scene.evaluations() for loader in call.loaders}
        for loader in self.scene.all_loaders:
            if loader in evaluating and _is_shuffled(loader):
                yield from fault(
                    "shuffled-evaluation",
                    loader.place,
                    "this evaluation data is shuffled",
                    f"a pass began with items {_items(loader.passes[0])}",
                )


def _are_same(passes: list[Pass]) -> bool:
    first = passes[0]
    if max(one.batches for one in passes) < 2 or any(one.first != first.first for one in passes):
        return False
    alike = (zip(first.digests, one.digests, strict=False) for one in passes[1:])
    return all(any(a == b for a, b in pairs) for pairs in alike)


def _is_shuffled(loader: Loader) -> bool:
    if loader.order != "RandomSampler" or loader.own_batches or loader.partial:
        return False
    return any(
        one.batches > 1 and one.first != tuple(sorted(one.first))
        for one in loader.passes
        if one.first
    )


def _items(one: Pass) -> str:
    first = one.first or ()
    return ", ".join(map(str, first[:5])) + (", …" if len(first) > 5 else "")
