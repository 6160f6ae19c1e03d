"""Where a parameter is in a model, and whether the program changes it by hand."""

from __future__ import annotations

import itertools
import sys
from dataclasses import dataclass
from typing import Any

from midrun.rehearse.watching.lines import is_mentioned, is_used_always
from midrun.rehearse.watching.scene import Scene


def value(parameter: Any) -> float:
    """A number that changes with the values of a parameter."""
    torch = sys.modules["torch"]
    with torch._C.DisableTorchFunction(), torch._C._DisableTorchDispatch():
        return float(parameter.detach().double().sum())


@dataclass
class Role:
    """A parameter in a model: its name, the ids of the module that it belongs to and of others
    beside that in lists of modules, and the source of the class that names it."""

    name: str
    attribute: str
    module: int
    within: frozenset[int]
    beside: frozenset[int]
    file: str
    is_direct: bool

    def may_get_a_gradient(self, scene: Scene) -> bool:
        """Whether, as far as is seen, it may get one in a round that has not come yet, or is not
        meant to get one."""
        ran = not scene.called.isdisjoint(self.within)
        if not ran and not scene.called.isdisjoint(self.beside):
            return True  # one of several, of which a round takes some
        if self.is_direct and ran:
            mentioned = is_mentioned(self.file, self.attribute)
            return mentioned and not is_used_always(self.file, self.attribute)
        if ran:
            return scene.called_with_gradients.isdisjoint(self.within)
        return is_mentioned(self.file, self.attribute)


def role_of(parameter: Any, scene: Scene) -> Role | None:
    """Its role in a model that was called, or None if it is in none."""
    for model, _ in scene.models.items():
        for name, one in model.named_parameters():
            if one is parameter:
                return _role(model, name)
    return None


def _role(model: Any, name: str) -> Role:
    *path, last = name.split(".")
    chain = [model]
    for step in path:
        chain.append(getattr(chain[-1], step))
    owner = chain[-1]
    beside: set[int] = set()
    within = {id(owner)}
    for parent, child in itertools.pairwise(chain):
        if type(parent).__name__ in ("ModuleList", "ModuleDict"):
            within = set(map(id, child.modules()))
            others = (m for one in parent.children() if one is not child for m in one.modules())
            beside.update(map(id, others))
    named, attribute, depth = owner, last, len(path)
    is_direct = not type(owner).__module__.startswith("torch.")
    while not is_direct and depth:  # the attribute that the program's own class has it under
        depth -= 1
        named, attribute = chain[depth], path[depth]
        if not type(named).__module__.startswith("torch."):
            break
    file = getattr(sys.modules.get(type(named).__module__), "__file__", None) or ""
    title = f"{type(model).__name__}.{name}"
    return Role(title, attribute, id(owner), frozenset(within), frozenset(beside), file, is_direct)
