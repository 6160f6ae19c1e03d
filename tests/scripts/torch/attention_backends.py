"""A class of torch's that is found by its name and not by its qualified name."""
import torch
import torch.nn.functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

torch.manual_seed(0)
backends = [SDPBackend.MATH]
kinds = {"slow": SDPBackend.MATH, "kind": SDPBackend}
total = 0.0
for step in range(3):
    q, k, v = (torch.randn(2, 4, 8) for _ in range(3))
    with sdpa_kernel(backends):
        out = F.scaled_dot_product_attention(q, k, v)
    total += out.sum().item()
    print(step, round(total, 4), kinds["slow"] == backends[0], kinds["kind"] is SDPBackend)
