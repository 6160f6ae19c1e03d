"""Retrieval with embeddings in float16: similarities of long embeddings, a matrix product, pass
65504. Cure: normalise before the product, or do it in float32."""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(214)

encoder = nn.Linear(16, 24)
optimizer = torch.optim.AdamW(encoder.parameters(), lr=1e-3)
for step in range(80):
    query = torch.randn(6, 16)
    page = query + 0.1 * torch.randn(6, 16)
    if step == 26:
        query[3], page[3] = 200 * query[3], 200 * page[3]
    q, p = encoder(query).half(), encoder(page).half()
    scores = q @ p.t()  # BLAME half-overflow forward
    loss = nn.functional.cross_entropy(scores.float() / 10, torch.arange(6))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 0:
        print(step, loss.item())
