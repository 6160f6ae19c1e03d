import glob
import os

import torch
import torch.nn as nn

TOTAL = 120_000
SAVE_EVERY = 1  # fault
FOLDER = "big_checkpoints"

torch.manual_seed(0)
os.makedirs(FOLDER, exist_ok=True)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.EmbeddingBag(16_000, 128, mode="mean")
        self.fc1 = nn.Linear(128, 128)
        self.fc2 = nn.Linear(128, 2)

    def forward(self, bags):
        return self.fc2(torch.relu(self.fc1(self.embedding(bags))))


model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
step = 0
found = sorted(glob.glob(os.path.join(FOLDER, "*.pt")))
if found:
    state = torch.load(found[-1])
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["rng"])
    step = state["step"]

while step < TOTAL:
    labels = torch.randint(0, 2, (32,))
    bags = torch.randint(0, 8_000, (32, 20)) + 8_000 * labels[:, None] * torch.randint(0, 2, (32, 20))
    loss = nn.functional.cross_entropy(model(bags), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    step += 1
    if step % 500 == 0:
        print(f"{step}/{TOTAL} loss {loss.item():.4f}")
    if step % SAVE_EVERY == 0:
        torch.save(  # fault
            {
                "model": model.state_dict(),
                "optimizer": optimizer.state_dict(),
                "rng": torch.get_rng_state(),
                "step": step,
            },
            os.path.join(FOLDER, f"{step:08d}.pt"),  # fault
        )
