"""A tensor subclass with __torch_function__, attributes on tensors and parameters, a tensor as a dict key."""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)


class Named(torch.Tensor):
    calls = 0

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        cls.calls += 1
        result = super().__torch_function__(func, types, args, kwargs or {})
        if isinstance(result, cls):
            result.label = next((a.label for a in args if isinstance(a, cls)), "none")
        return result


class Tracked(nn.Parameter):
    pass


named = torch.ones(3).as_subclass(Named)
named.label = "first"
layer = nn.Linear(2, 2)
layer.weight.note = ["kept on the parameter"]
layer.extra = Tracked(torch.ones(2))
table = {layer.weight: "weight", layer.bias: "bias"}
plain = torch.zeros(2)
plain.tag = layer
for n in range(5):
    named = named * 2 + n
    layer.weight.note.append(n)
    with torch.no_grad():
        layer.weight += 0.1
    print(n, named.tolist(), named.label, type(named).__name__, Named.calls > n)
    print(layer.weight.note, table[layer.weight], [k is p for k, p in zip(table, layer.parameters())])
    print(type(layer.extra).__name__, type(layer._parameters["weight"]).__name__, plain.tag is layer)
