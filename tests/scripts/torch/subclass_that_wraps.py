"""Wrapper subclasses with __torch_dispatch__ hold other tensors: with flatten and unflatten, and without."""

import torch
from torch.utils._pytree import tree_map

torch.set_num_threads(1)
torch.manual_seed(0)


class Scaled(torch.Tensor):
    """An int8 tensor and its scale, seen as floats."""

    @staticmethod
    def __new__(cls, data, scale):
        return torch.Tensor._make_wrapper_subclass(cls, data.shape, dtype=scale.dtype, device=data.device)

    def __init__(self, data, scale):
        self.inner, self.scale = data, scale

    def __repr__(self):
        return f"Scaled({tuple(self.shape)})"

    def __tensor_flatten__(self):
        return ["inner", "scale"], None

    @staticmethod
    def __tensor_unflatten__(inner, meta, size, stride):
        return Scaled(inner["inner"], inner["scale"])

    def dense(self):
        return self.inner.to(self.scale.dtype) * self.scale

    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if func is torch.ops.aten.detach.default:
            return cls(args[0].inner, args[0].scale)
        opened = tree_map(lambda t: t.dense() if isinstance(t, cls) else t, (args, kwargs))
        return func(*opened[0], **opened[1])


class Logged(torch.Tensor):
    """Notes what is done with it."""

    @staticmethod
    def __new__(cls, elem, log):
        made = torch.Tensor._make_subclass(cls, elem)
        made.log = log
        return made

    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
        for a in args:
            if isinstance(a, cls) and hasattr(a, "log"):
                a.log.append(func.__name__)
        with torch._C._DisableTorchDispatch():
            return func(*args, **(kwargs or {}))


weight = Scaled(torch.randint(-5, 5, (3, 2), dtype=torch.int8), torch.tensor(0.5))
alias = {"same": weight}
events = []
logged = Logged(torch.randn(3), events)
x = torch.randn(4, 3, requires_grad=True)
for step in range(6):
    out = (x @ weight).sum()
    out.backward()
    print(step, out.item(), x.grad.sum().item(), alias["same"] is weight, repr(weight))
    weight.scale += 0.25
    print((logged + 1).sum().item(), len(events), logged.log is events)
    print(weight.inner.tolist(), weight.shape, weight.dtype)
