import argparse

import torch
import torch.nn as nn
from torch.optim.lr_scheduler import StepLR


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(20, 256)
        self.fc2 = nn.Linear(256, 256)
        self.fc3 = nn.Linear(256, 4)
        self.dropout = nn.Dropout(0.1)

    def forward(self, x):
        x = torch.relu(self.fc1(x))
        x = self.dropout(torch.relu(self.fc2(x)))
        return self.fc3(x)


def get_batch(weight, size):
    x = torch.randn(size, 20)
    return x, (x.abs() @ weight).argmax(1)


def train(args, model, weight, optimizer, epoch):
    model.train()
    total_loss = 0
    for batch_idx in range(500):
        data, target = get_batch(weight, args.batch_size)
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(data), target)
        loss.backward()
        optimizer.step()
        total_loss += loss  # fault
    print('Train Epoch: {} \tLoss: {:.6f}'.format(epoch, float(total_loss) / (batch_idx + 1)))


def test(model, weight):
    model.eval()
    with torch.no_grad():
        data, target = get_batch(weight, 2000)
        correct = model(data).argmax(1).eq(target).sum().item()
    print('Test set: Accuracy: {}/{}'.format(correct, len(data)))


def main():
    parser = argparse.ArgumentParser(description='a classifier')
    parser.add_argument('--batch-size', type=int, default=32)
    parser.add_argument('--epochs', type=int, default=300)
    parser.add_argument('--lr', type=float, default=0.001)
    parser.add_argument('--seed', type=int, default=1)
    args = parser.parse_args()

    torch.manual_seed(args.seed)
    weight = torch.randn(20, 4)
    model = Net()
    optimizer = torch.optim.Adam(model.parameters(), lr=args.lr)
    scheduler = StepLR(optimizer, step_size=25, gamma=0.5)
    for epoch in range(1, args.epochs + 1):
        train(args, model, weight, optimizer, epoch)
        test(model, weight)
        scheduler.step()


if __name__ == '__main__':
    main()
