"""Hooks on leaves and on tensors in the graph, for several gradients at once, with prehooks of nodes."""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)
weights = [nn.Parameter(torch.randn(3, 3)) for _ in range(3)]
log = []
handles = [w.register_hook(lambda g, k=k: g * (k + 1)) for k, w in enumerate(weights)]
accumulated = [w.register_post_accumulate_grad_hook(lambda p: log.append(p.grad.norm().item())) for w in weights]
many = torch.autograd.graph.register_multi_grad_hook(weights, lambda grads: log.append(len(grads)))
for step in range(6):
    x = torch.randn(2, 3)
    hidden = x
    for w in weights:
        hidden = torch.tanh(hidden @ w)
        hidden.retain_grad()
    hidden.register_hook(lambda g: log.append("hidden"))
    node = hidden.grad_fn.register_prehook(lambda gradients: log.append("prehook"))
    hidden.sum().backward()
    print(step, log, hidden.grad.sum().item())
    log.clear()
    with torch.no_grad():
        for w in weights:
            w -= 0.1 * w.grad
            w.grad = None
            print(w.sum().item())
    if step == 2:
        handles.pop(0).remove()
        accumulated.pop().remove()
    if step == 4:
        many.remove()
del hidden, node
