"""functional_call, vmap over stacked models, grad and jacrev: results kept, functions made at run time."""

import torch
from torch import nn
from torch.func import functional_call, grad, jacrev, stack_module_state, vmap

torch.set_num_threads(1)
torch.manual_seed(0)
models = [nn.Linear(3, 1) for _ in range(4)]
params, buffers = stack_module_state(models)
params = {name: p.detach() for name, p in params.items()}
skeleton = nn.Linear(3, 1).to("meta")


def loss_of(p, b, x, y):
    return (functional_call(skeleton, (p, b), (x,)) - y).square().mean()


gradient = vmap(grad(loss_of), in_dims=(0, 0, None, None))
each = vmap(loss_of, in_dims=(0, 0, None, None))
x = torch.randn(8, 3)
y = x.sum(1, keepdim=True)
for step in range(6):
    grads = gradient(params, buffers, x, y)
    params = {name: p - 0.1 * grads[name] for name, p in params.items()}
    losses = each(params, buffers, x, y)
    print(step, losses.tolist(), params["bias"].flatten().tolist())
    jacobian = jacrev(lambda w: functional_call(models[0], {"weight": w}, (x[:2],)))(models[0].weight.detach())
    print(jacobian.shape, jacobian.sum().item())
best = int(losses.argmin())
for k, model in enumerate(models):
    model.load_state_dict({name: p[k] for name, p in params.items()})
    print(k, model(x).sum().item(), k == best)
