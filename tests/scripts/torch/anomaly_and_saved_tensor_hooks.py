"""detect_anomaly, a custom autograd Function, saved tensor hooks and checkpointing, with points inside each with."""

import warnings

import torch
from torch.utils.checkpoint import checkpoint

torch.set_num_threads(1)
torch.manual_seed(0)
warnings.simplefilter("ignore")
packed = []


class Clip(torch.autograd.Function):
    scale = 1.0

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(-1, 1) * Clip.scale

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        print("backward", Clip.scale)
        return grad * (x.abs() < 1)


def pack(tensor):
    packed.append(tuple(tensor.shape))
    return tensor.numpy().copy() if not tensor.requires_grad else tensor


def unpack(value):
    return value if isinstance(value, torch.Tensor) else torch.from_numpy(value)


weight = torch.randn(4, requires_grad=True)
for step in range(5):
    with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
        loss = (Clip.apply(weight * (step + 1)) ** 2).sum()
        print("forward", step, len(packed))
    with torch.autograd.detect_anomaly():
        print("anomaly", torch.is_anomaly_enabled())
        loss = loss + checkpoint(lambda w: w.sin().sum(), weight, use_reentrant=False)
        loss.backward()
    with torch.no_grad():
        weight -= 0.1 * weight.grad
    Clip.scale *= 0.9
    weight.grad = None
    print(step, loss.item(), weight.sum().item(), torch.is_anomaly_enabled())
