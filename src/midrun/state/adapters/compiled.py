"""What torch.compile returns: made anew from what it was made from, and compiled at its next call.

A compiled function is a wrapper whose variable `self` is the context that was asked to compile
(torch/_dynamo/eval_frame.py, _TorchDynamoContext.__call__). Graphs, guards and machine code belong
to the process.
"""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from midrun.state.pickling import Saver
    from midrun.state.registry import Registry

_ORIGINAL = "_torchdynamo_orig_callable"
_SET_ANEW = (_ORIGINAL, "_torchdynamo_wrapper_id", "get_compiler_config", "aot_compile")


def add(registry: Registry) -> None:
    registry.register("torch._dynamo.eval_frame.OptimizeContext", _context)
    registry.register("builtins.function", _function)
    registry.register("torch.fx.graph_module.GraphModule", _graph_module)
    registry.register("torch.fx.graph.Graph", _graph_of_nodes)
    registry.register("torch.fx.node.Node", _graph_of_nodes)


def _context(obj: Any, saver: Saver) -> Any:
    from torch._dynamo.eval_frame import innermost_backend

    backend = innermost_backend(obj.callback)
    return _make_context, (backend, obj.fullgraph, obj._dynamic)


def _make_context(backend: Any, fullgraph: bool, dynamic: bool | None) -> Any:
    import torch._dynamo

    return torch._dynamo.optimize(backend=backend, nopython=fullgraph, dynamic=dynamic)


def _function(obj: types.FunctionType, saver: Saver) -> Any:
    if not getattr(obj, "_is_torch_compile", False) or _ORIGINAL not in obj.__dict__:
        return NotImplemented
    cells = dict(zip(obj.__code__.co_freevars, obj.__closure__ or (), strict=True))
    if "self" not in cells:
        return NotImplemented
    state = {name: value for name, value in obj.__dict__.items() if name not in _SET_ANEW}
    arguments = cells["self"].cell_contents, obj.__dict__[_ORIGINAL]
    return _compile, arguments, state, None, None, _fill


def _compile(context: Any, original: Any) -> Any:
    return context(original)


def _fill(function: Any, state: dict[str, Any]) -> None:
    function.__dict__.update(state)


def _graph_of_nodes(obj: Any, saver: Saver) -> Any:
    why = "a GraphModule is saved as the code of its graph, and gets new nodes; get them from there"
    return saver.give_up(obj, why)


_CLASS_NAME = "_graphmodule_cls_name"


def _graph_module(obj: Any, saver: Saver) -> Any:
    # Its own way, by the code of its graph, loses the name of its class.
    reduced = obj.__reduce__()
    if getattr(reduced[0], "__name__", "") != "reduce_graph_module":
        return NotImplemented
    return _make_graph_module, (*reduced[1], type(obj).__name__)


def _make_graph_module(body: dict[str, Any], imports: str, name: str) -> Any:
    from torch.fx.graph_module import reduce_graph_module

    module: Any = reduce_graph_module({**body, _CLASS_NAME: name}, imports)
    module.__dict__.pop(_CLASS_NAME, None)
    return module
