import os
import sys
import torch
import torch.nn as nn

config = {
    "epochs": 250,
    "batches_per_epoch": 500,
    "batch_size": 64,
    "hidden": 256,
    "lr": 3e-4,
    "save_every": 5,
    "out": "runs/baseline",
}

torch.manual_seed(7)
os.makedirs(config["out"], exist_ok=True)
log = open(os.path.join(config["out"], "log.txt"), "a")

net = nn.Sequential(
    nn.Linear(32, config["hidden"]), nn.Tanh(),
    nn.Linear(config["hidden"], config["hidden"]), nn.Tanh(),
    nn.Linear(config["hidden"], 1),
)
teacher = torch.randn(32, 1)
opt = torch.optim.Adam(net.parameters(), lr=config["lr"])
first_epoch = 1
if len(sys.argv) > 1:
    state = torch.load(sys.argv[1])
    net.load_state_dict(state["net"])
    opt.load_state_dict(state["opt"])
    torch.set_rng_state(state["rng"])
    teacher = state["teacher"]
    first_epoch = state["epoch"] + 1

for epoch in range(first_epoch, config["epochs"] + 1):
    losses = []
    for _ in range(config["batches_per_epoch"]):
        x = torch.randn(config["batch_size"], 32)
        y = (x @ teacher).sin()
        loss = ((net(x) - y) ** 2).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
        losses.append(loss.item())
    line = f"epoch {epoch}: {sum(losses) / len(losses):.5f}"
    print(line)
    log.write(line + "\n")
    if epoch % config["save_every"] == 0:
        path = os.path.join(config["out"], "checkpoints", f"epoch_{epoch:03d}.pt")
        torch.save({"net": net.state_dict(), "opt": opt.state_dict(), "teacher": teacher,  # fault
                    "rng": torch.get_rng_state(), "epoch": epoch}, path)

log.close()
