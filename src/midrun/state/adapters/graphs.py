"""Tensors that come out of an autograd graph.

A graph that still holds saved tensors can't be saved: the savepoint waits until it has been used
or is gone. One that has been used is no more than a name: its tensors are saved as values, which
print and refuse a second backward as they did.
"""

from __future__ import annotations

import functools
import re
from collections import deque
from typing import TYPE_CHECKING, Any, Literal

from midrun.state.session import NotNow

if TYPE_CHECKING:
    from midrun.state.pickling import Saver

GraphState = Literal["none", "freed", "alive"]

_MOST_NODES = 12_000
_MOST_FREED = 500  # to ask a freed node takes ten times as long as to pass one by

# Nodes that only rearrange (torch/csrc/autograd/generated/ViewFuncs): a tensor that they alone
# stand between it and a leaf is a view of the leaf.
_VIEWS = re.compile(
    "(Alias|AsStrided|Detach|Diagonal|Expand|Permute|Select|Slice|Split|SplitWithSizes|Squeeze|T"
    "|Transpose|Unbind|Unfold|Unsqueeze|UnsafeView|View|Narrow|Movedim|ReshapeAlias)Backward[0-9]"
)


def graph_state(tensor: Any) -> GraphState:
    """What is left of the graph that `tensor` came out of: "none" if there is none (a leaf),
    "alive" if a backward through it could do something, else "freed".

    Stops at the first node that still holds what it saved, and after 12,000 nodes or 500 freed
    ones: then what was seen decides.
    """
    if tensor.grad_fn is None:
        return "none"
    return "alive" if _alive(tensor.grad_fn) else "freed"


def save_as_value(tensor: Any, saver: Saver) -> str | None:
    """The name of the grad_fn of a tensor that can be saved as its value, None for a leaf.

    Raises NotNow if the graph is needed still.
    """
    node = tensor.grad_fn
    if node is None:
        return None
    name = type(node).__name__
    if id(tensor) in getattr(saver.session, "dead", ()):
        return name
    if _alive(node):
        raise NotNow(
            f"the autograd graph of a tensor (grad_fn=<{name}>) is needed still: its backward has "
            "not run"
        )
    return name


def is_plain_view(tensor: Any) -> bool:
    """Whether `tensor` is a view of a leaf by steps that need nothing saved."""
    if not tensor._is_view() or not tensor._base.is_leaf:
        return False
    node = tensor.grad_fn
    while node is not None:
        following = node.next_functions
        if not following:
            return type(node).__name__ == "AccumulateGrad"
        if len(following) != 1 or not _VIEWS.fullmatch(type(node).__name__):
            return False
        node = following[0][0]
    return tensor.grad_fn is None


def _alive(node: Any) -> bool:
    """Whether a backward from `node` could do something.

    Nodes that save nothing are passed; below one that was freed nothing can be reached. A graph in
    which nothing was ever saved can be run through as often as one likes, and so is alive.
    """
    waiting, met, freed = deque([node]), {node}, 0
    while waiting and len(met) < _MOST_NODES and freed < _MOST_FREED:
        current = waiting.popleft()
        match _saved(current):
            case "alive":
                return True
            case "freed":
                freed += 1
            case "none":
                for after, _ in current.next_functions:
                    if after is not None and after not in met:
                        met.add(after)
                        waiting.append(after)
    return not freed


def _saved(node: Any) -> GraphState:
    """Whether a node holds tensors that it saved, or had some that were freed.

    A saved tensor is an attribute `_saved_x` beside `_raw_saved_x`, of a Python function
    `saved_tensors` beside `_raw_saved_tensors`; to read one that was freed raises
    (torch/csrc/autograd/saved_variable.h, ERR_BACKWARD_TWICE).
    """
    kind: Any = type(node)
    names = _saved_names(kind)
    if names is None:
        return "freed"
    for packed, name in names:
        try:
            # To unpack by a hook would run code of the program's: checkpointing computes anew.
            raw = _as_tuple(getattr(node, packed))
            if any(getattr(held, "unpack_hook", None) is not None for held in raw):
                return "alive"
            value = getattr(node, name)
        except RuntimeError as error:
            # The other reason is a change in place: what its backward says is torch's business.
            return "freed" if "second time" in str(error) else "alive"
        # What was not needed is None, before and after.
        if any(held is not None for held in _as_tuple(value)):
            return "alive"
    return "none"


def _as_tuple(value: Any) -> Any:
    return value if isinstance(value, tuple | list) else (value,)


@functools.lru_cache(maxsize=1024)
def _saved_names(kind: Any) -> list[tuple[str, str]] | None:
    """The attributes for what nodes of a kind save, packed and unpacked; None for one that stands
    for a spent graph."""
    if getattr(getattr(kind, "_forward_cls", None), "stands_for_spent", False):
        return None
    if hasattr(kind, "saved_tensors"):
        return [("_raw_saved_tensors", "saved_tensors")]
    packed = [name for name in kind.__dict__ if name.startswith("_raw_saved_")]
    return [(name, name.removeprefix("_raw")) for name in packed]


def with_graph(tensor: Any, name: str) -> None:
    """Make `tensor`, in place, what came out of a graph at a node of that name, by now freed."""
    import torch

    with torch.enable_grad():
        source = torch.empty(0, requires_grad=True, device="cpu")
        _spent(name).apply(source, [tensor])


@functools.cache
def _spent(name: str) -> Any:
    """A function whose backward is torch's own refusal, in the words of this version."""
    import torch

    class Spent(torch.autograd.Function):  # type: ignore[misc]
        stands_for_spent = True

        @staticmethod
        def forward(ctx: Any, source: Any, result: list[Any]) -> Any:
            return result.pop()

        @staticmethod
        def backward(ctx: Any, *gradients: Any) -> Any:
            with torch.enable_grad():
                spent = torch.ones((), requires_grad=True, device="cpu").exp()
            spent.backward()
            spent.backward()

    # torch names this class after the function (FunctionMeta in torch/autograd/function.py).
    Spent._backward_cls.__name__ = Spent._backward_cls.__qualname__ = name
    return Spent
