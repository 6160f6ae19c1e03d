"""Sparse tensors in training: COO that is not coalesced, CSR, semi-dense; sparse gradients of embeddings."""

import warnings

import torch
from torch import nn

warnings.simplefilter("ignore")
torch.set_num_threads(1)
torch.manual_seed(0)
indices = torch.tensor([[0, 1, 1, 2], [2, 0, 0, 1]])
loose = torch.sparse_coo_tensor(indices, torch.arange(4.0), (3, 3))
tight = loose.coalesce()
rows = tight.to_sparse_csr()
columns = tight.to_sparse_csc()
blocks = torch.eye(4).to_sparse_bsr((2, 2))
weight = nn.Parameter(torch.randn(3, 2))
mask = torch.sparse_coo_tensor(indices, torch.randn(4), (3, 3)).requires_grad_(True)
table = nn.Embedding(10, 3, sparse=True)
bag = nn.EmbeddingBag(10, 3, sparse=True, mode="sum")
optimizer = torch.optim.SparseAdam([*table.parameters(), *bag.parameters()], lr=0.05)
for step in range(6):
    out = torch.sparse.mm(tight, weight).sum() + torch.sparse.sum(mask) + (rows @ weight).sum()
    out = out + table(torch.tensor([step, step, 2])).pow(2).sum() + bag(torch.tensor([[1, step]])).pow(2).sum()
    out.backward()
    print(step, out.item(), table.weight.grad.layout, table.weight.grad.is_coalesced(), mask.grad.layout)
    optimizer.step()
    print(loose.is_coalesced(), loose._nnz(), tight.is_coalesced(), rows.crow_indices().tolist())
    with torch.no_grad():
        weight -= 0.1 * weight.grad
        loose = loose + loose
    optimizer.zero_grad()
    weight.grad = mask.grad = None
    print(columns.values().sum().item(), blocks.to_dense().trace().item(), loose.to_dense().sum().item(), (loose @ weight).sum().item())
