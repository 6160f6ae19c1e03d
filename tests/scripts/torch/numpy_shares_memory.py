"""NumPy arrays and tensors over the same memory, both ways, and a module parameter over an array."""

import numpy as np
import torch

torch.set_num_threads(1)
array = np.arange(12.0)
tensor = torch.from_numpy(array)
grid = tensor.view(3, 4)
weight = torch.nn.Parameter(torch.as_tensor(array[4:8]))
source = torch.zeros(6)
back = source.numpy()
column = back.reshape(2, 3)[:, 1]
raw = bytearray(8)
buffered = torch.frombuffer(raw, dtype=torch.uint8)
read_from = torch.tensor(array)
for n in range(6):
    array[n] += 10
    grid[1] *= 2
    back[n % 6] = n + 1
    source.add_(0.5)
    raw[n] = n + 1
    buffered[7] = n
    with torch.no_grad():
        weight -= 1
    print(n, tensor.tolist(), weight.tolist(), array[5] == weight[1].item() == grid[1, 1].item())
    print(back.tolist(), column.tolist(), bytes(raw), buffered.sum().item(), read_from.sum().item())
    print(np.shares_memory(array, grid.numpy()), np.shares_memory(back, source.numpy()))
