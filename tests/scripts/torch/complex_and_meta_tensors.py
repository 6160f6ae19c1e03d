"""Complex tensors: conjugate views, real and imaginary views of parameters, FFT; and meta tensors beside them."""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)
z = nn.Parameter(torch.randn(4, dtype=torch.cfloat))
pairs = torch.view_as_real(z)
signal = torch.randn(16)
conjugate, negative = torch.randn(3, dtype=torch.cdouble).conj(), torch.randn(3, dtype=torch.cfloat).conj().imag
with torch.device("meta"):
    shape_only = nn.Linear(3, 4)
sketch = torch.empty(5, 2, device="meta", dtype=torch.float16)
optimizer = torch.optim.Adam([z], lr=0.05)
for step in range(6):
    spectrum = torch.fft.fft(signal)[:4]
    loss = (z * spectrum.conj()).abs().square().mean() + torch.polar(z.abs(), z.angle()).real.sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(step, loss.item(), z.tolist())
    print(pairs.data.data_ptr() == z.data.data_ptr(), pairs.sum().item(), z.grad.is_complex())
    print(conjugate.is_conj(), conjugate.sum().item(), negative.is_neg(), negative.sum().item())
    print(shape_only(torch.empty(step + 1, 3, device="meta")).shape, sketch.t().stride(), sketch.dtype)
real = shape_only.to_empty(device="cpu")
nn.init.normal_(real.weight)
nn.init.zeros_(real.bias)
print(real(torch.ones(2, 3)).sum().item())
