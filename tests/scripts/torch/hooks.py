"""Forward, backward, tensor and post-accumulate hooks as closures and bound methods, with handles removed later."""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)
events = []


class Recorder:
    def __init__(self):
        self.means = {}

    def hook(self, module, args, output):
        self.means[type(module).__name__] = output.mean().item()
        events.append("forward")


def clamp(grad):
    events.append("clamp")
    return grad.clamp(-0.05, 0.05)


model = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 1))
recorder = Recorder()
handles = [layer.register_forward_hook(recorder.hook) for layer in model]
handles.append(model[0].weight.register_hook(clamp))
handles.append(model[2].register_full_backward_hook(lambda m, gi, go: events.append(f"backward {go[0].shape[0]}")))
handles.append(model[2].register_forward_pre_hook(lambda m, args: (args[0] * scale,)))
handles.append(model[2].bias.register_post_accumulate_grad_hook(lambda p: events.append("accumulated")))
scale = 1.0
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
optimizer.register_step_post_hook(lambda *args: events.append("stepped"))
for step in range(7):
    scale += 0.1
    loss = model(torch.randn(step + 2, 4)).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(step, loss.item(), model[0].weight.grad.abs().max().item(), len(events), events[-4:])
    print(sorted(recorder.means.items()))
    if step in (2, 3, 4):
        handles.pop(0 if step == 3 else -1).remove()
        print("removed", len(handles))
