import os
import sys

import numpy as np
import torch
import torch.nn as nn

MAX_ITERS = 160_000
SAVE_INTERVAL = 2_000
CHECKPOINT = "model_last.pt"

torch.manual_seed(0)
rng = np.random.default_rng(1)

# a random walk on a graph, the next node to be predicted
if not os.path.exists("walk.npy"):
    edges = np.random.default_rng(0).integers(0, 64, (64, 3))
    walk = [0]
    for turn in np.random.default_rng(2).integers(0, 3, 100_000):
        walk.append(edges[walk[-1], turn])
    np.save("walk.npy", np.array(walk, dtype=np.int64))
walk = np.load("walk.npy", mmap_mode="r")

model = nn.Sequential(
    nn.Embedding(64, 24), nn.Flatten(), nn.Linear(8 * 24, 192), nn.ReLU(), nn.Linear(192, 64)
)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
begin = 0
if "--resume" in sys.argv:
    saved = torch.load(CHECKPOINT)
    model.load_state_dict(saved["model"])
    optimizer.load_state_dict(saved["optimizer"])
    rng.bit_generator.state = saved["rng"]
    begin = saved["iteration"]

for iteration in range(begin, MAX_ITERS):
    if iteration and iteration % SAVE_INTERVAL == 0 and iteration != begin:
        torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(),
                    "rng": rng.bit_generator.state, "iteration": iteration}, CHECKPOINT)
    at = rng.integers(0, len(walk) - 9, 32)
    window = torch.from_numpy(np.stack([walk[i:i + 9] for i in at]))
    loss = nn.functional.cross_entropy(model(window[:, :8]), window[:, 8])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if iteration % 200 == 0:
        print(f"iteration {iteration}: {loss.item():.4f}")
