"""The microscope without midrun's launcher: a context manager for a notebook or a test."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from midrun.numerics.places import is_users
from midrun.run.seen import Count
from midrun.run.steps import gradients_of, parameters_of, watching_steps

if TYPE_CHECKING:
    from midrun.numerics.finding import Finding
    from midrun.numerics.microscope.lens import Lens


class Sight:
    """What a block showed: `finding` is None while nothing was bad."""

    finding: Finding | None = None


class _Watcher:
    """Looks at what the block does with torch's optimizers."""

    def __init__(self, lens: Lens, sight: Sight) -> None:
        self._lens = lens
        self._sight = sight

    def check(self, tensors: Iterable[Any], what: str) -> None:
        """Look at some tensors, unless something bad has been found."""
        if self._sight.finding is None:
            self._sight.finding = self._lens.bad(tensors, what)

    def loss(self, tensors: list[Any], frame: types.FrameType) -> None:
        self.check(tensors, "loss")

    def derivative(self, tensors: list[Any], frame: types.FrameType) -> None:
        pass

    def gradients(self) -> None:
        self.check(gradients_of(self._lens.leaves()), "gradient")

    def before_step(self, optimizer: Any) -> None:
        self._lens.saw_gradients(Count(), optimizer)
        self.check(gradients_of(parameters_of(optimizer.param_groups)), "gradient")
        self._lens.in_optimizer(True)

    def after_step(self, optimizer: Any) -> None:
        self._lens.in_optimizer(False)
        self.check(parameters_of(optimizer.param_groups), "parameter")


@contextmanager
def look(model: Any, *, show: bool) -> Iterator[Sight]:
    """See `midrun.microscope`."""
    from midrun.numerics.microscope.lens import Lens

    sight = Sight()
    lens = Lens(is_users, [])
    watcher = _Watcher(lens, sight)
    failed: BaseException | None = None
    lens.enter()
    try:
        with watching_steps(watcher):
            yield sight
    except BaseException as error:
        failed = error
        raise
    finally:
        lens.leave()
        watcher.gradients()
        if model is not None:
            watcher.check(gradients_of(model.parameters()), "gradient")
            watcher.check(model.parameters(), "parameter")
        if sight.finding is None:
            sight.finding = lens.last_number()
        if sight.finding is None and failed is not None:
            sight.finding = lens.at_error(failed)
        if sight.finding is not None and show:
            _show(sight.finding)


def _show(found: Finding) -> None:
    from midrun.numerics.causes import CAUSES

    cause = CAUSES[found.cause]
    lines = [f"{cause.code} {cause.title}: {found.reason}"]
    if found.line is not None:
        lines.append(f"  {found.line.file}:{found.line.line} in {found.line.function}")
        lines.append(f"    {found.line.text.strip()}")
    lines += [f"  {operand}" for operand in found.operands[:4]]
    for line in lines:
        sys.stderr.write(f"midrun: {line}\n")
