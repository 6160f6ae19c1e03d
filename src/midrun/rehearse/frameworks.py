"""The modules of frameworks whose loops are cut, as the program's own are.

A framework that drives the training has the loops that take long, and what decides when to leave
them, to evaluate, to save and to log. These modules are brought into cut form as they are imported.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Cut:
    """What is cut of a module: the loops of these `functions`, or of all. `in_generators` says that
    its generators give nothing before they have come to their end, unless they are interrupted."""

    functions: frozenset[str] = frozenset()
    in_generators: bool = False

    def has(self, function: str) -> bool:
        """Whether the loops of a function are cut."""
        return not self.functions or function in self.functions


_ALL = Cut()
_NONE = Cut(frozenset({"<none>"}))
_LIGHTNING = {
    "loops": _ALL,
    "utilities.combined_loader": _ALL,
    "callbacks": _NONE,
    "trainer.connectors.logger_connector": _NONE,
}

# By the names of modules and packages. Modules of which no loop is cut count and compare what the
# loops of others move.
FRAMEWORKS = {
    "transformers.trainer": _ALL,
    "transformers.trainer_callback": _NONE,
    **{f"lightning.pytorch.{name}": cut for name, cut in _LIGHTNING.items()},
    **{f"pytorch_lightning.{name}": cut for name, cut in _LIGHTNING.items()},
    "ignite.engine.engine": Cut(in_generators=True),
    "ignite.engine.events": _NONE,
    "ignite.handlers": _NONE,
    "skorch.net": Cut(frozenset({"fit_loop", "run_single_epoch"})),
    "skorch.callbacks": _NONE,
    # A rollout fills a buffer, which is learned from whole.
    "stable_baselines3.common.on_policy_algorithm": Cut(frozenset({"learn"})),
    "stable_baselines3.common.off_policy_algorithm": Cut(frozenset({"learn"})),
    "stable_baselines3.common.callbacks": _NONE,
}


def cut_of(path: str) -> Cut:
    """How a file of a library is cut."""
    return next((cut for part, cut in _parts() if part in _in_full(path)), _ALL)


def _parts() -> Iterator[tuple[str, Cut]]:
    for name, cut in FRAMEWORKS.items():
        yield os.sep + name.replace(".", os.sep) + os.sep, cut


def _in_full(path: str) -> str:
    return path.removesuffix("__init__.py").removesuffix(".py").rstrip(os.sep) + os.sep
