"""Hooks of every kind on modules and optimizers: in order, with keyword arguments, always called, removed later."""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)
seen = []


def note(name):
    def hook(module, *rest):
        seen.append(f"{name} of {type(module).__name__}")

    return hook


def with_kwargs(module, args, kwargs, output):
    seen.append(f"kwargs {sorted(kwargs)}")
    return output * 1.5


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(3, 3)

    def forward(self, x, scale=1.0):
        return self.inner(x).tanh() * scale


model = nn.ModuleList([Block(), Block()])
first, second = model
handles = {
    "pre": first.register_forward_pre_hook(note("pre")),
    "first": first.register_forward_hook(note("forward")),
    "before": first.register_forward_hook(note("prepended"), prepend=True),
    "kwargs": first.register_forward_hook(with_kwargs, with_kwargs=True),
    "always": second.register_forward_hook(note("always"), always_call=True),
    "back": first.register_full_backward_hook(note("backward")),
    "preback": first.register_full_backward_pre_hook(note("backward pre")),
    "saves": second.register_state_dict_post_hook(lambda m, state, *rest: state.update(extra=torch.ones(1))),
    "loads": second.register_load_state_dict_pre_hook(lambda m, state, *rest: state.pop("extra", None)),
    "loaded": second.register_load_state_dict_post_hook(lambda m, keys: seen.append("loaded")),
}
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
handles["step"] = optimizer.register_step_pre_hook(lambda *a: seen.append("step"))
handles["state"] = optimizer.register_state_dict_post_hook(lambda o, state: {**state, "more": 1})
for step in range(6):
    optimizer.zero_grad()
    x = torch.randn(4, 3, requires_grad=True)
    loss = second(first(x, scale=0.5)).square().sum()
    loss.backward()
    optimizer.step()
    print(step, loss.item(), len(seen), seen)
    seen.clear()
    if step == 2:
        for name in ("before", "back", "step"):
            handles.pop(name).remove()
    if step == 3:
        state = second.state_dict()
        print(sorted(state), second.load_state_dict(state), sorted(optimizer.state_dict()), seen)
print(len(first._forward_hooks), len(first._forward_pre_hooks), first._forward_hooks_with_kwargs)
