"""Defaults that live in torch itself: dtype, device, determinism, print options, threads, cuDNN flags."""

import torch

torch.set_num_threads(1)
torch.manual_seed(0)
torch.use_deterministic_algorithms(True, warn_only=True)
torch.backends.cudnn.benchmark = False
torch.set_printoptions(precision=3, sci_mode=False)
for n in range(5):
    print(n, torch.get_default_dtype(), torch.ones(1).dtype, torch.tensor(0.5).dtype, torch.are_deterministic_algorithms_enabled())
    print(torch.rand(3) * 10**n, torch.backends.cudnn.deterministic, torch.get_num_threads(), torch.get_float32_matmul_precision())
    if n == 0:
        torch.set_default_dtype(torch.float64)
    if n == 1:
        with torch.device("meta"):
            for k in range(2):
                print("device", torch.empty(2).device, k)
        torch.set_default_device("cpu")
    if n == 2:
        torch.use_deterministic_algorithms(False)
        torch.set_float32_matmul_precision("high")
        torch.backends.cudnn.deterministic = True
    if n == 3:
        torch.set_printoptions(profile="default")
        torch.set_default_dtype(torch.float32)
    print(torch.is_deterministic_algorithms_warn_only_enabled(), torch.get_default_device())
