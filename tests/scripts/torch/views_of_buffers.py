"""Views, transposes, slices with strides, expanded and detached tensors over one storage, written in place."""

import torch

torch.set_num_threads(1)
base = torch.arange(24.0)
matrix = base.view(4, 6)
column, row, every_third, turned = matrix[:, 2], matrix[1], base[1::3], matrix.t()
window = base.unfold(0, 4, 2)
wide = base[:1].expand(5)
same = base.detach()
alone = base.clone()
as_int = base.view(torch.int32)
bits = base[:4].view(torch.uint8)
empty = base[3:3]
scalar = base[7]
module_buffer = torch.nn.Module()
module_buffer.register_buffer("ring", base[12:], persistent=False)
for n in range(6):
    column += 1
    row.mul_(2)
    every_third[n % 8] = -n
    scalar.add_(0.5)
    module_buffer.ring.roll(1).add_(n)
    module_buffer.ring[n] *= -1
    print(n, base.sum().item(), matrix[1, 2].item(), turned[2, 1].item(), window[1].tolist(), wide.tolist())
    print(same[7].item(), scalar.item(), alone.sum().item(), as_int[3].item(), bits[:6].tolist(), empty.shape)
    print(turned.is_contiguous(), column.stride(), column.storage_offset(), column._base is base, base._version > 0)
