import torch
from torch import nn

CONFIG = {"epochs": 90, "lr": 2e-3, "batch": 32, "dropout": 0.25, "seed": 14}


def make_model(cfg):
    return nn.Sequential(
        nn.Conv1d(4, 32, 3, padding=1), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(cfg["dropout"]),
        nn.Conv1d(32, 32, 3, padding=1), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(cfg["dropout"]),
        nn.AdaptiveMaxPool1d(1), nn.Flatten(), nn.Linear(32, 2),
    )


def sequences(n):
    """Letters as one-hot columns; is there an ACGT in it?"""
    letters = torch.randint(0, 4, (n, 40))
    y = torch.randint(0, 2, (n,))
    at = torch.randint(0, 36, (n,))
    for i in y.nonzero().flatten().tolist():
        letters[i, at[i]:at[i] + 4] = torch.arange(4)
    return nn.functional.one_hot(letters, 4).float().transpose(1, 2), y


def validate(model, x, y):
    model.eval()
    with torch.no_grad():
        out = model(x)
    return nn.functional.cross_entropy(out, y).item(), (out.argmax(1) == y).float().mean().item()


def main(cfg):
    torch.manual_seed(cfg["seed"])
    model = make_model(cfg)
    optimizer = torch.optim.Adam(model.parameters(), lr=cfg["lr"])
    held_out = sequences(1500)
    for epoch in range(cfg["epochs"]):
        model.train()
        for _ in range(330):
            x, y = sequences(cfg["batch"])
            loss = nn.functional.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        val_loss, val_acc = validate(model, *held_out)
        print("epoch %d loss %.4f val %.4f acc %.4f" % (epoch, loss.item(), val_loss, val_acc))


main(CONFIG)
