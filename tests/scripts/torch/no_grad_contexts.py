"""no_grad, inference_mode, enable_grad and set_grad_enabled: as a with around loops, as decorators, on generators."""

import torch

torch.set_num_threads(1)
torch.manual_seed(0)
weight = torch.ones(3, requires_grad=True)


@torch.no_grad()
def decorated(n):
    total = torch.zeros(3)
    for k in range(n):
        total += weight * k
        print("decorated", k, torch.is_grad_enabled(), total.requires_grad)
    return total


@torch.inference_mode()
def inference():
    result = weight * 2
    for k in range(2):
        print("inference", k, torch.is_inference_mode_enabled(), result.is_inference())
    return result.clone()


@torch.no_grad()
def batches(n):
    for k in range(n):
        print("in the generator", torch.is_grad_enabled())
        yield weight * k


for turn in range(2):
    with torch.no_grad():
        for k in range(2):
            weight += 0.1
            print("with", turn, k, torch.is_grad_enabled())
            with torch.enable_grad():
                print("again", torch.is_grad_enabled(), (weight * 2).requires_grad)
            with torch.inference_mode():
                print("mode", torch.is_inference_mode_enabled(), torch.is_grad_enabled())
    print(decorated(2).sum().item(), inference().sum().item())
    for value in batches(2):
        print("value", value.tolist(), torch.is_grad_enabled(), value.requires_grad)
    previous = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    for k in range(2):
        print("switched off", (weight * k).requires_grad)
    torch.set_grad_enabled(previous)
    with torch.set_grad_enabled(turn == 0):
        print("set", torch.is_grad_enabled())
