"""Complex, sparse (COO and CSR), quantised, half, float8, bool and zero-dimensional tensors, and the meta device."""

import warnings

import torch

torch.set_num_threads(1)
torch.manual_seed(0)
warnings.simplefilter("ignore")
z = torch.randn(4, dtype=torch.complex64)
real = torch.view_as_real(z)
conjugate, imaginary = z.conj(), z.imag
negative = torch.randn(3, dtype=torch.complex128).conj().imag
coo = torch.sparse_coo_tensor([[0, 1, 1], [2, 0, 0]], [1.0, 2.0, 3.0], (2, 3))
csr = torch.eye(3).to_sparse_csr()
half, brain = torch.ones(3, dtype=torch.float16), torch.ones(3, dtype=torch.bfloat16)
tiny = torch.arange(4.0).to(torch.float8_e4m3fn)
quantised = torch.quantize_per_tensor(torch.arange(4.0), 0.5, 1, torch.quint8)
mask = torch.tensor([True, False, True])
scalar = torch.tensor(3)
meta = torch.empty(1000, 1000, device="meta")
channels = torch.randn(1, 2, 3, 3).to(memory_format=torch.channels_last)
nothing = torch.empty(0, 3)
for n in range(5):
    z *= 1j + n
    real[0, 0] += 1
    half *= 1.1
    brain *= 1.1
    mask = ~mask
    scalar += n
    coo = (coo * 2).coalesce() if n == 2 else coo * 2
    csr = csr * 3
    print(n, z.tolist(), conjugate[0].item(), conjugate.is_conj(), imaginary[0].item(), negative.is_neg())
    print(coo.is_coalesced(), coo.to_dense().tolist(), csr.values().tolist(), csr.layout)
    print(half.tolist(), brain.tolist(), tiny.float().tolist(), quantised.dequantize().tolist(), mask.tolist())
    print(scalar.item(), meta.shape, meta.device, channels.is_contiguous(memory_format=torch.channels_last), nothing.shape)
