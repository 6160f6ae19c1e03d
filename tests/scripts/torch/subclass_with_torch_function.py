"""A tensor subclass with __torch_function__ and attributes of its own, as data and as a parameter."""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)


class Tagged(torch.Tensor):
    count = 0

    @staticmethod
    def __new__(cls, data, tag="none"):
        made = torch.as_tensor(data).as_subclass(cls)
        made.tag = tag
        return made

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        cls.count += 1
        out = super().__torch_function__(func, types, args, kwargs or {})
        if isinstance(out, Tagged):
            tags = [a.tag for a in args if isinstance(a, Tagged) and hasattr(a, "tag")]
            out.tag = "+".join(tags)[:20]
        return out


class Named(nn.Parameter):
    def __new__(cls, data, name):
        made = super().__new__(cls, data)
        made.label = name
        return made


a, b = Tagged(torch.randn(3), "a"), Tagged(torch.randn(3), "b")
view = a[1:]
weight = Named(torch.randn(3), "w")
optimizer = torch.optim.SGD([weight], lr=0.1)
for step in range(6):
    out = (a * b + a) @ weight
    print(step, type(out).__name__, out.item(), getattr(out, "tag", None), Tagged.count > step)
    out.backward()
    optimizer.step()
    optimizer.zero_grad()
    a += 0.1
    print(type(view).__name__, view.tolist(), view.tag, type(weight).__name__, weight.label)
    print(Tagged.count)
del out
