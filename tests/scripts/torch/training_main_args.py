"""The usual shape: argparse, main(args), train() and evaluate() with @torch.no_grad, a best state_dict."""

import argparse
import copy

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)


class Net(nn.Module):
    def __init__(self, width, dropout):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(6, width), nn.Linear(width, 3)])
        self.norm = nn.BatchNorm1d(width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        x = self.dropout(F.relu(self.norm(self.layers[0](x))))
        return F.log_softmax(self.layers[1](x), dim=1)


def train(args, model, data, target, optimizer, epoch):
    model.train()
    for index, (x, y) in enumerate(zip(data.split(args.batch), target.split(args.batch))):
        optimizer.zero_grad()
        output = model(x)
        loss = F.nll_loss(output, y)
        loss.backward()
        optimizer.step()
        if index % args.log_every == 0:
            print(f"train {epoch} [{index}] loss {loss.item():.7f}")


@torch.no_grad()
def evaluate(model, data, target):
    model.eval()
    right, total = 0, 0.0
    for x, y in zip(data.split(10), target.split(10)):
        output = model(x)
        total += F.nll_loss(output, y, reduction="sum").item()
        right += int((output.argmax(1) == y).sum())
        print("evaluating", right, round(total, 5), torch.is_grad_enabled(), model.training)
    return total / len(data), right


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--log-every", type=int, default=2)
    parser.add_argument("--lr", type=float, default=0.05)
    args = parser.parse_args()
    torch.manual_seed(1)
    data, target = torch.randn(40, 6), torch.randint(0, 3, (40,))
    model = Net(12, 0.25)
    optimizer = torch.optim.SGD(model.parameters(), lr=args.lr, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.7)
    best = {"loss": float("inf"), "state": None}
    for epoch in range(1, args.epochs + 1):
        train(args, model, data, target, optimizer, epoch)
        loss, right = evaluate(model, data, target)
        scheduler.step()
        if loss < best["loss"]:
            best = {"loss": loss, "state": copy.deepcopy(model.state_dict())}
        print("epoch", epoch, loss, right, scheduler.get_last_lr(), best["loss"])
    model.load_state_dict(best["state"])
    print("best again", evaluate(model, data, target), int(model.norm.num_batches_tracked))


if __name__ == "__main__":
    main()
